"""Rank correlation of classes with one dimension, in whole numbers: exact however the samples are cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.statistics.statistic import MIN_SAMPLES, Floats, Ints
from gcnlabel.statistics.value_counts import ValueCounts

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

ROWS_AT_ONCE = 2**19
"""Samples that are counted together: what bounds the memory beside the counts."""
MOST_CELLS = 2**21
"""Cells of a table of counts; values that would need more are kept as they are."""
DECIMALS = range(7)
SAMPLE = 2**12
"""Values that are looked at to see whether they come again."""


class ClassRanks:
    """Samples of K classes, by their value of one dimension.

    Values that come again are kept as a table of counts, whose size does not grow with the samples; annotations have
    few decimals. Where nearly every value is another, value and class of each sample are kept.

    Args:
        classes: Number of classes, K.

    Example:
        >>> ranks = ClassRanks(2).add(np.array([0.1, 0.2, 0.2, 0.4]), np.array([0, 0, 1, 1]))
        >>> ranks.spearman()[0].round(4).tolist()
        [-0.7071, 0.7071]
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._table = ValueCounts(np.empty((0, 1)), np.empty((0, classes), dtype=np.int64))
        self._loose: list[tuple[Floats, Codes]] = []

    def add(self, values: Floats, codes: Codes) -> ClassRanks:
        """Add samples: values [N], NaN where missing, and class indices [N], negative where missing."""
        for start in range(0, len(values), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            seen = (codes[part] >= 0) & ~np.isnan(values[part])
            whole = bool(seen.all())
            self._add(values[part] if whole else values[part][seen], codes[part] if whole else codes[part][seen])
        return self

    def merge(self, other: ClassRanks) -> ClassRanks:
        """Add the samples of another."""
        if len(other._table.keys):
            self._table = self._table.merge(other._table)
        self._loose += other._loose
        return self

    def spearman(self) -> tuple[Floats, Bools]:
        """Return the correlation of each class with the dimension, and where it is defined, [K] each.

        With t_v samples of value v, n samples, m of the class, and R the sum of twice the centred average ranks of
        those of the class: ``(R / 2) / sqrt((n³ - n - sum_v (t_v³ - t_v)) / 12 * m (n - m) / n)``. All sums are of
        whole numbers and exact.
        """
        ties, doubled, members = self._loose_ranks() if self._loose else self._table_ranks()
        n = int(members.sum())
        untied = n**3 - n - _sum_of_cubes(ties)
        spread = np.array([float(untied) / 12 * float(m) * float(n - m) / max(n, 1) for m in members.tolist()])
        defined = (spread > 0) & (n >= MIN_SAMPLES)
        return np.divide(doubled / 2, np.sqrt(spread), out=np.zeros(self.classes), where=defined), defined

    def _add(self, values: Floats, codes: Codes) -> None:
        table = _grid_counts(values, codes, self.classes)
        if table is None:
            if len(np.unique(values[:SAMPLE])) > SAMPLE // 2:
                self._loose.append((values.copy(), codes.copy()))
                return
            table = _counts(*np.unique(values, return_inverse=True), codes, self.classes)
        if len(table.keys):
            self._table = self._table.merge(table) if len(self._table.keys) else table

    def _table_ranks(self) -> tuple[Ints, Ints, Ints]:
        counts = self._table.counts
        ties = counts.sum(1)
        n = int(ties.sum())
        ranks = 2 * (ties.cumsum() - ties) + ties - n  # twice the centred average rank of each value
        return ties, (counts * ranks[:, None]).sum(0), counts.sum(0)

    def _loose_ranks(self) -> tuple[Ints, Ints, Ints]:
        of_value, of_class = np.nonzero(self._table.counts)
        again = self._table.counts[of_value, of_class]
        values = np.concatenate([*(v for v, _ in self._loose), self._table.keys[of_value, 0].repeat(again)])
        codes = np.concatenate([*(c for _, c in self._loose), of_class.repeat(again)])
        ties, codes = _sorted_by_value(values, codes, self.classes)
        starts = ties.cumsum() - ties
        ranks = (2 * starts + ties - len(codes)).repeat(ties) if len(ties) < len(codes) else 2 * starts + 1 - len(codes)
        doubled = np.bincount(codes, weights=ranks, minlength=self.classes)  # whole numbers below 2^53: exact
        return ties, doubled.astype(np.int64), np.bincount(codes, minlength=self.classes)


def _sorted_by_value(values: Floats, codes: Codes, classes: int) -> tuple[Ints, Codes]:
    """Return how often each value comes, in ascending order, and the classes in the order of their values.

    Sorting numbers is several times faster than sorting places. So the class takes the last bits of a value's 64, which
    are put in the order of the values; where this makes different values equal, places are sorted after all.
    """
    low = np.uint64((1 << max(classes - 1, 1).bit_length()) - 1)
    bits = (values + 0.0).view(np.uint64)
    bits ^= (bits.view(np.int64) >> 63).view(np.uint64) | np.uint64(1 << 63)
    ordered = pl.Series((bits & ~low) | codes.astype(np.uint64)).sort().to_numpy()  # sorts faster than NumPy
    found = (ordered & low).astype(np.int64)
    ordered = ordered | low
    ties = _run_lengths(ordered)
    if len(ties) == len(values) or _are_ties(bits, low, ordered[ties.cumsum() - 1][ties > 1]):
        return ties, found
    order = np.argsort(values)
    return _run_lengths(values[order]), codes[order]


def _are_ties(bits: npt.NDArray[np.uint64], low: np.uint64, again: npt.NDArray[np.uint64]) -> bool:
    """Return whether values that are equal without their last bits, ``again``, are equal with them."""
    alike = bits[np.isin(bits | low, again)]
    return len(np.unique(alike)) == len(again)


def _run_lengths(ordered: npt.NDArray[Any]) -> Ints:
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return np.diff(np.concatenate([[0], starts, [len(ordered)]]))


def _grid_counts(values: Floats, codes: Codes, classes: int) -> ValueCounts | None:
    """Return counts of values that are decimals of a few digits, without sorting; None where they are not."""
    if len(values) == 0:
        return ValueCounts(np.empty((0, 1)), np.empty((0, classes), dtype=np.int64))
    for digits in DECIMALS:
        scale = 10.0**digits
        if not (np.rint(values[:64] * scale) / scale == values[:64]).all():
            continue
        whole = values * scale
        np.rint(whole, out=whole)
        low, high = float(whole.min()), float(whole.max())
        if not (high - low + 1) * classes <= MOST_CELLS:  # also when infinite
            return None
        if (whole / scale == values).all():  # division is exactly rounded, as reading a decimal is
            whole -= low
            cells = whole.astype(np.int64)
            cells *= classes
            cells += codes
            counts = np.bincount(cells, minlength=int(high - low + 1) * classes).reshape(-1, classes)
            rows = np.flatnonzero(counts.any(1))
            keys = np.asarray((rows + low) / scale + 0.0, dtype=np.float64)
            return ValueCounts(keys[:, None], counts[rows].astype(np.int64))
    return None


def _counts(distinct: Floats, place: Ints, codes: Codes, classes: int) -> ValueCounts:
    counts = np.bincount(place.reshape(-1) * classes + codes, minlength=len(distinct) * classes)
    return ValueCounts(distinct[:, None] + 0.0, counts.reshape(-1, classes).astype(np.int64))


def _sum_of_cubes(ties: Ints) -> int:
    """Return ``sum (t³ - t)`` as a whole number of any size."""
    sizes, again = np.unique(ties, return_counts=True)
    return sum(k * (t**3 - t) for t, k in zip(sizes.tolist(), again.tolist(), strict=True))
