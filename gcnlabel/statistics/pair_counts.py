"""Counts of pairs of classes or tags, the sufficient statistic of several measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.statistics.statistic import Statistic
from gcnlabel.statistics.tag_pairs import tag_pairs
from gcnlabel.tasks import Task, TaskSet

MAX_IN_FLOAT32 = 2**24
"""Largest number of samples whose counts are exact in float32."""
DENSE_AT_ONCE = 2**22
"""Number of dense indicators that are multiplied at once."""


@dataclass
class PairCounts:
    """Counts of samples for labels i and j, over the samples in which both are observed.

    Each is a whole number, or an array that broadcasts to [La, Lb]: values equal for every i or j are stored once.
    With sparse targets, ``both`` is a sparse matrix, so that memory grows with the pairs that occur.

    Attributes:
        both: Number of samples with i and j, [La, Lb], dense or sparse.
        first: Number of samples with i.
        second: Number of samples with j.
        total: Number of samples.
    """

    both: Any = 0
    first: Any = 0
    second: Any = 0
    total: Any = 0

    @classmethod
    def of(cls, annotations: Annotations, a: Task, b: Task) -> PairCounts:
        """Return the counts of some samples.

        Tags of a sparse matrix are counted by :func:`tag_pairs`. Dense indicators are multiplied in blocks of rows
        with :data:`DENSE_AT_ONCE` values, a few times 32 MiB; two sparse tasks are multiplied as a whole.
        """
        if a == b and sparse.issparse(annotations.targets[a.name]):
            both = tag_pairs(annotations.targets[a.name])
            each = both.diagonal().astype(np.int64)
            return cls(both, each[:, None], each[None, :], len(annotations))
        total = cls()
        for rows in _row_blocks(annotations, a, b):
            total.add(cls._of_rows(rows, a, b))
        return total

    @classmethod
    def _of_rows(cls, annotations: Annotations, a: Task, b: Task) -> PairCounts:
        """Return the counts by products of indicator matrices."""
        positive_a, seen_a = _indicators(annotations, a)
        positive_b, seen_b = (positive_a, seen_a) if a == b else _indicators(annotations, b)
        both = _product(positive_a, positive_b)
        if a == b and a.exclusive:  # a sample has one class, also where its annotators disagree
            both = np.diag(_sums(positive_a))
        if a == b and seen_a is None:  # a label occurs with itself as often as it occurs
            each = np.asarray(both.diagonal())
            return cls(both, each[:, None], each[None, :], positive_a.shape[0])
        return cls(
            both=both,
            first=_sums(positive_a)[:, None] if seen_b is None else _product(positive_a, seen_b),
            second=_sums(positive_b)[None, :] if seen_a is None else _product(seen_a, positive_b),
            total=_seen_together(seen_a, seen_b, positive_a.shape[0]),
        )

    def add(self, other: PairCounts) -> None:
        """Add the counts of other samples."""
        if not np.any(self.total):  # no sample was counted yet
            vars(self).update(vars(other))
            return
        if np.max(self.total + other.total) > np.iinfo(np.int32).max and sparse.issparse(self.both):
            self.both = self.both.astype(np.int64)
        mixed = sparse.issparse(self.both) != sparse.issparse(other.both)
        self.both = _dense(self.both) + _dense(other.both) if mixed else self.both + other.both
        for name in ("first", "second", "total"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def dense(self, rows: int, columns: int) -> PairCounts:
        """Return the counts as int64 [La, Lb] each, or sums of shares as float64."""
        parts = (_dense(getattr(self, name)) for name in ("both", "first", "second", "total"))
        return PairCounts(*(np.broadcast_to(_counted(np.asarray(part)), (rows, columns)) for part in parts))


class CountingStatistic(Statistic):
    """Base class of statistics that are computed from :class:`PairCounts`."""

    def __init__(self, tasks: TaskSet, a: str, b: str) -> None:
        super().__init__(tasks, a, b)
        self._counts = PairCounts()

    @classmethod
    def suits(cls, task: Task) -> bool:
        """Return whether the task has classes or tags, which can be counted."""
        return task.discrete

    @property
    def counts(self) -> PairCounts:
        """The counts [La, Lb] each: int64, or sums of shares."""
        return self._counts.dense(len(self.a), len(self.b))

    @property
    def pairs(self) -> Any:
        """Samples with both labels, [La, Lb]: a sparse matrix where the targets are."""
        return self._counts.both

    def occurring(self) -> sparse.coo_array:
        """Return the samples with both labels, for the pairs of different labels that occur, [La, Lb]."""
        both = sparse.coo_array(self.pairs)
        kept = (both.data != 0) & ((both.row != both.col) | (self.a != self.b))
        return sparse.coo_array((both.data[kept], (both.row[kept], both.col[kept])), shape=both.shape)

    def update(self, annotations: Annotations) -> Self:
        """Add samples."""
        self._counts.add(PairCounts.of(annotations, self.a, self.b))
        return self

    def merge(self, other: Statistic) -> Self:
        """Add the samples of another accumulator."""
        self.check_same(other)
        assert isinstance(other, CountingStatistic)
        self._counts.add(other._counts)
        return self


def _row_blocks(annotations: Annotations, a: Task, b: Task) -> Iterator[Annotations]:
    """Yield the samples in blocks of bounded size as dense indicators."""
    targets = {task.name: annotations.targets[task.name] for task in (a, b)}
    dense = sum(len(annotations.tasks[name]) for name, target in targets.items() if not sparse.issparse(target))
    step = max(DENSE_AT_ONCE // dense, 1) if dense else len(annotations)
    if step >= len(annotations):
        yield annotations
        return
    tasks = TaskSet([annotations.tasks[name] for name in targets])
    for start in range(0, len(annotations), step):
        yield Annotations(tasks, {name: target[start : start + step] for name, target in targets.items()})


def _indicators(annotations: Annotations, task: Task) -> tuple[Any, Any]:
    """Return indicators and the mask of observed ones, [N, labels] each; the mask is None if all are observed."""
    target = annotations.targets[task.name]
    if sparse.issparse(target):
        exact = target.dtype == np.float32 and target.shape[0] < MAX_IN_FLOAT32
        return (target if exact else sparse.csr_matrix(target, dtype=np.int32)), None
    values = annotations.indicators(task.name)
    seen = ~np.isnan(values)
    return np.nan_to_num(values), (None if seen.all() else seen.astype(np.float64))


def _product(a: Any, b: Any) -> Any:
    """Return aᵀ b, sparse when both are; whole numbers are exact where there are no shares."""
    if sparse.issparse(a) and sparse.issparse(b):
        return (a.T @ b).astype(np.int64)
    product = a.T @ b if sparse.issparse(a) or not sparse.issparse(b) else (b.T @ a).T
    return _counted(np.asarray(product))


def _sums(positive: Any) -> Any:
    """Return the number of samples with each label."""
    return _counted(np.asarray(positive.sum(0)).ravel())


def _counted(sums: Any) -> Any:
    """Return counts as int64, and sums of shares unchanged."""
    whole = np.rint(sums)
    return whole.astype(np.int64) if (whole == sums).all() else sums


def _seen_together(seen_a: Any, seen_b: Any, rows: int) -> Any:
    if seen_a is None and seen_b is None:
        return rows
    if seen_b is None:
        return _sums(seen_a)[:, None]
    return _sums(seen_b)[None, :] if seen_a is None else _product(seen_a, seen_b)


def _dense(counts: Any) -> Any:
    return counts.toarray().astype(np.int64) if sparse.issparse(counts) else counts
