"""Rank correlation, exact and mergeable."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.statistics.pair_counts import PairCounts
from gcnlabel.statistics.phi import phi_from_counts, sparse_phi
from gcnlabel.statistics.ranks import ClassRanks, ClassShares, ValueCounts, centred_ranks
from gcnlabel.statistics.statistic import MIN_SAMPLES, STATISTICS, Floats, Statistic, fill_undefined
from gcnlabel.tasks import Task, TaskSet

Bools = npt.NDArray[np.bool_]


def indicator_spearman(table: ValueCounts) -> tuple[Floats, Bools]:
    """Return Spearman's correlation of labels with one dimension, and where it is defined, [L] each.

    With r_v the centred ranks of the values, n_v and m_v the samples with value v that are annotated with the label
    and that have it, n their number and m those that have it: ``sum_v m_v r_v / sqrt(sum_v n_v r_v² m (n - m) / n)``.

    Args:
        table: Keys are the values; counts are n_v and m_v of each label, [V, 2 L].
    """
    seen, positive = (part.astype(np.float64) for part in np.split(table.counts, 2, axis=1))  # [V, L]
    n, m = seen.sum(0), positive.sum(0)
    ranks = centred_ranks(seen)
    spread = np.sqrt((seen * ranks**2).sum(0)) * np.sqrt(m * (n - m) / np.maximum(n, 1))
    defined = (spread > 0) & (n >= MIN_SAMPLES)
    return np.divide((positive * ranks).sum(0), spread, out=np.zeros_like(n), where=defined), defined


def paired_spearman(table: ValueCounts) -> tuple[float, bool]:
    """Return Spearman's correlation of two dimensions, and whether it is defined.

    Args:
        table: Keys are pairs of values [V, 2]; counts are the samples with each, [V, 1].
    """
    if len(table.keys) == 0:
        return 0.0, False
    counts = table.counts[:, 0].astype(np.float64)
    x, y = (_ranks_of(table.keys[:, k], counts) for k in (0, 1))
    spread = np.sqrt((counts * x**2).sum()) * np.sqrt((counts * y**2).sum())
    defined = bool(spread > 0 and counts.sum() >= MIN_SAMPLES)
    return (float((counts * x * y).sum() / spread) if defined else 0.0), defined


def _ranks_of(values: Floats, counts: Floats) -> Floats:
    _, place = np.unique(values, return_inverse=True)
    ranks: Floats = centred_ranks(np.bincount(place, weights=counts).astype(np.float64))[place]
    return ranks


@STATISTICS.register("spearman")
class Spearman(Statistic):
    """Spearman's rank correlation with average ranks for ties, signed (Emotion-GCN, Eq. 4).

    Classes and tags enter as their 0/1 indicators, so that two of them give phi, and where annotators disagree about a
    class, with their shares (:class:`ClassShares`). A sample counts for a pair of labels when both are annotated. The
    result is the same bit for bit for any chunks and order of the samples.

    For a categorical task and a dimension, memory is bounded for all values (:class:`ClassRanks`). For tags and a
    dimension, and of two dimensions, counts by distinct value are kept, 8 (1 + 2 L) bytes for each value and 24 for
    each pair of values: bounded for values of few decimals, but growing with the samples where nearly all differ.
    """

    @classmethod
    def published_for(cls, a: Task, b: Task) -> bool:
        """Return whether these are classes or tags, and dimensions (Emotion-GCN, Eq. 3 and 4)."""
        return a.discrete != b.discrete

    def __init__(self, tasks: TaskSet, a: str, b: str) -> None:
        super().__init__(tasks, a, b)
        self._tables: dict[tuple[int, int], ValueCounts] = {}
        self._ranks: dict[tuple[int, int], ClassRanks] = {}
        self._shares: dict[tuple[int, int], ClassShares] = {}
        self._pairs = PairCounts()

    def update(self, annotations: Annotations) -> Self:
        """Add samples."""
        if self.a.discrete and self.b.discrete:
            self._pairs.add(PairCounts.of(annotations, self.a, self.b))
            return self
        if self.a.exclusive or self.b.exclusive:
            self._add_classes(annotations)
            return self
        a, b = annotations.indicators(self.a.name), annotations.indicators(self.b.name)
        for key, table in self._of(a, b).items():
            self._tables[key] = self._tables[key].merge(table) if key in self._tables else table
        return self

    def merge(self, other: Statistic) -> Self:
        """Add the samples of another accumulator."""
        self.check_same(other)
        assert isinstance(other, Spearman)
        self._pairs.add(other._pairs)
        for key, table in other._tables.items():
            self._tables[key] = self._tables[key].merge(table) if key in self._tables else table
        for key, ranks in other._ranks.items():
            self._ranks_of(key, ranks.classes).merge(ranks)
        for key, shares in other._shares.items():
            self._shares_of(key, shares.classes).merge(shares)
        return self

    def compute(self) -> Floats:
        """Return the block [La, Lb]."""
        values, defined = np.zeros((len(self.a), len(self.b))), np.zeros((len(self.a), len(self.b)), dtype=bool)
        if self.a.discrete and self.b.discrete:
            values, defined = phi_from_counts(self._pairs.dense(len(self.a), len(self.b)))
        for (i, j), table in self._tables.items():
            if i < 0:
                values[:, j], defined[:, j] = indicator_spearman(table)
            elif j < 0:
                values[i], defined[i] = indicator_spearman(table)
            else:
                values[i, j], defined[i, j] = paired_spearman(table)
        ranked: dict[tuple[int, int], ClassRanks | ClassShares] = {**self._ranks, **self._shares}
        for (i, j), ranks in ranked.items():
            rows, columns = (slice(None), j) if i < 0 else (i, slice(None))
            values[rows, columns], defined[rows, columns] = ranks.spearman()
        return fill_undefined(values, defined, self.a, self.b)

    def compute_sparse(self) -> sparse.coo_array:
        """Return the block, for classes and tags without negligible values."""
        if not (self.a.discrete and self.b.discrete):
            return super().compute_sparse()
        return sparse_phi(self._pairs, self.a, self.b)

    def _add_classes(self, annotations: Annotations) -> None:
        """Add samples of a categorical task and a dimensional one."""
        first = self.a.exclusive
        classes, dims = (self.a, self.b) if first else (self.b, self.a)
        codes, values = annotations.targets[classes.name], annotations.targets[dims.name]
        for d in range(len(dims)):
            key = (-1, d) if first else (d, -1)
            if codes.ndim == 1:
                self._ranks_of(key, len(classes)).add(values[:, d], codes)
            else:
                self._shares_of(key, len(classes)).add(values[:, d], codes)

    def _shares_of(self, key: tuple[int, int], classes: int) -> ClassShares:
        return self._shares.setdefault(key, ClassShares(classes))

    def _ranks_of(self, key: tuple[int, int], classes: int) -> ClassRanks:
        return self._ranks.setdefault(key, ClassRanks(classes))

    def _of(self, a: Floats, b: Floats) -> dict[tuple[int, int], ValueCounts]:
        """Return a table for each dimension, or pair of dimensions; -1 stands for all labels of a task."""
        if self.a.discrete:
            return {(-1, j): _indicator_table(a, b[:, j]) for j in range(b.shape[1])}
        if self.b.discrete:
            return {(i, -1): _indicator_table(b, a[:, i]) for i in range(a.shape[1])}
        return {(i, j): _pair_table(a[:, i], b[:, j]) for i in range(a.shape[1]) for j in range(b.shape[1])}


def _indicator_table(indicators: Floats, values: Floats) -> ValueCounts:
    rows = ~np.isnan(values)
    inside = indicators[rows]
    seen = ~np.isnan(inside)
    return ValueCounts.of(values[rows, None], np.concatenate([seen, np.nan_to_num(inside)], axis=1))


def _pair_table(x: Floats, y: Floats) -> ValueCounts:
    both = ~(np.isnan(x) | np.isnan(y))
    return ValueCounts.of(np.stack([x[both], y[both]], axis=1), np.ones((int(both.sum()), 1)))
