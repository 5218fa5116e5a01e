"""Rank correlation of classes with one dimension, in integer arithmetic: exact for any division into chunks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gcnlabel.statistics.ranks.grid_counts import MAX_CELLS, ROWS_IN_CACHE, grid_counts
from gcnlabel.statistics.ranks.sorted_run import (
    OFTEN,
    Codes,
    Run,
    class_bits,
    ordered_bits,
    ranges,
    sorted_run,
    spans,
    tied,
    whole_keys,
    without_frequent,
)
from gcnlabel.statistics.ranks.spill import SpillFile, Words
from gcnlabel.statistics.ranks.value_counts import ValueCounts
from gcnlabel.statistics.statistic import MIN_SAMPLES, Floats, Ints

Bools = npt.NDArray[np.bool_]

ROWS_AT_ONCE = 2**19
"""Samples that are counted at once, which bounds the memory in addition to the counts."""
MAX_IN_MEMORY = 2**21
"""Samples that are kept in memory before they go to a temporary file."""


class ClassRanks:
    """Samples of K classes, by their value of one dimension.

    Repeated values (decimals of a few digits, as in annotations, and frequent values) are kept as a table of counts,
    8 (K + 1) bytes each. Of other values, up to :data:`MAX_IN_MEMORY` samples are kept in memory, 9 bytes each for up
    to 256 classes (18 MiB, about four times as much while they are sorted); the others are written sorted to a
    temporary file, 8 bytes each, and read in ranges. Memory does not grow with the number of samples.

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
        self._loose: list[tuple[Words, Codes]] = []
        self._in_memory = 0
        self._runs: list[Run] = []
        self._file = SpillFile()

    def add(self, values: Floats, codes: Ints) -> ClassRanks:
        """Add samples: values [N], NaN where missing, and class indices [N], negative where missing."""
        for start in range(0, len(values), ROWS_AT_ONCE):
            part, of = np.ascontiguousarray(values[start : start + ROWS_AT_ONCE]), codes[start : start + ROWS_AT_ONCE]
            if of.min() < 0 or np.isnan(part.min()):
                seen = (of >= 0) & ~np.isnan(part)
                part, of = part[seen], of[seen]
            table = grid_counts(part, of, self.classes)
            if table is not None:
                self._count(table)
                continue
            for first in range(0, len(part), ROWS_IN_CACHE):
                rows = slice(first, first + ROWS_IN_CACHE)
                self._keep(ordered_bits(part[rows]), of[rows])
        return self

    def merge(self, other: ClassRanks) -> ClassRanks:
        """Add the samples of another, which is not changed."""
        self._count(other._table)
        for run in other._runs:
            self._spill(run)
        for keys, codes in other._loose:
            self._keep(keys, codes)
        return self

    def spearman(self) -> tuple[Floats, Bools]:
        """Return the correlation of each class with the dimension, and where it is defined, [K] each.

        With t_v samples of value v, n samples, m of the class, and R the sum of twice the centred average ranks of
        those of the class: ``(R / 2) / sqrt((n³ - n - sum_v (t_v³ - t_v)) / 12 * m (n - m) / n)``. All sums are of
        whole numbers and exact.
        """
        n, cubes = 0, 0
        doubled, members = np.zeros(self.classes, dtype=object), np.zeros(self.classes, dtype=object)
        for cubes_here, ranks, of in self._ranges():
            size = int(of.sum())
            doubled += ranks + of.astype(object) * (2 * n + size)
            members += of
            cubes += cubes_here
            n += size
        doubled -= n * members
        untied = float(n**3 - n - cubes)
        spread = np.array([untied / 12 * float(m) * float(n - m) / max(n, 1) for m in members])
        defined = (spread > 0) & (n >= MIN_SAMPLES)
        return np.divide(doubled.astype(float) / 2, np.sqrt(spread), out=np.zeros(self.classes), where=defined), defined

    def _count(self, table: ValueCounts) -> None:
        """Add counts; where the table would grow beyond its cells, infrequent values are kept instead."""
        if (len(self._table.keys) + len(table.keys)) * self.classes > MAX_CELLS:
            often = table.counts.sum(1) >= OFTEN
            self._expand(ValueCounts(table.keys[~often], table.counts[~often]))
            table = ValueCounts(table.keys[often], table.counts[often])
        if len(table.keys):
            self._table = self._table.merge(table) if len(self._table.keys) else table

    def _expand(self, table: ValueCounts) -> None:
        step = max(ROWS_AT_ONCE // OFTEN, 1)
        for start in range(0, len(table.keys), step):
            counts = table.counts[start : start + step]
            of_value, of_class = np.nonzero(counts)
            again = counts[of_value, of_class]
            self._keep(ordered_bits(table.keys[start + of_value, 0]).repeat(again), of_class.repeat(again))

    def _keep(self, keys: Words, codes: Ints | Codes) -> None:
        self._loose.append((keys, codes.astype(np.min_scalar_type(self.classes - 1))))
        self._in_memory += len(keys)
        if self._in_memory >= MAX_IN_MEMORY:
            run, frequent = self._in_order()
            self._loose, self._in_memory = [], 0
            self._spill(run)
            self._count(frequent)

    def _spill(self, run: Run) -> None:
        packed = self._file.write(run.packed) if isinstance(run.packed, np.ndarray) else run.packed
        self._runs.append(Run(packed, run.groups))

    def _in_order(self) -> tuple[Run, ValueCounts]:
        """Return what is kept in memory as a run, and the counts of its frequent values."""
        return without_frequent(sorted_run(self._loose, self.classes), self.classes)

    def _ranges(self) -> Iterator[tuple[int, Ints, Ints]]:
        """Yield sums of cubes, sums of ranks and members of each range of values, in ascending order."""
        runs, table = list(self._runs), self._table
        if self._loose:
            run, frequent = self._in_order()
            runs, table = [*runs, run], table.merge(frequent)
        if not runs:
            yield _counted_ranks(table.counts)
            return
        keys, done = ordered_bits(table.keys[:, 0]), 0
        shift = np.uint64(class_bits(self.classes))
        for prefix, packed in ranges(runs, self.classes):
            last = int(np.searchsorted(keys, whole_keys(packed[-1:], prefix, shift)[0], side="right"))
            yield _ranked(packed, prefix, shift, keys[done:last], table.counts[done:last])
            done = last
        yield _counted_ranks(table.counts[done:])


def _counted_ranks(counts: Ints) -> tuple[int, Ints, Ints]:
    """Rank counted values [V, K], as :func:`_ranked` does."""
    again = counts.sum(1)
    ends = again.cumsum()
    return _sum_of_cubes(again), (2 * ends - again - again.sum()) @ counts, counts.sum(0)


def _ranked(packed: Words, prefix: int, shift: np.uint64, keys: Words, counts: Ints) -> tuple[int, Ints, Ints]:
    """Rank samples of a group and counted values [V, K] jointly.

    Returns:
        ``sum (t³ - t)``; for each class the sum of twice the centred ranks; and its samples.
    """
    low = np.uint64((1 << int(shift)) - 1)
    codes = (packed & low).astype(np.intp)
    again = counts.sum(1)
    n = len(packed) + int(again.sum())
    firsts, ties = tied(packed, low)
    ranks = np.arange(1 - n, 1 - n + 2 * len(packed), 2)
    ranks[spans(firsts, ties)] = (2 * firsts + ties - n).repeat(ties)
    values = whole_keys(packed, prefix, shift) if len(keys) else packed[:0]
    below, upto = np.searchsorted(values, keys), np.searchsorted(values, keys, side="right")
    if len(keys):
        more = np.bincount(below, again, len(packed) + 1) + np.bincount(upto, again, len(packed) + 1)
        ranks += more.cumsum()[:-1].astype(np.int64)
    doubled = np.bincount(codes, weights=ranks, minlength=counts.shape[1])  # whole, below 2^53: exact
    of_counted = 2 * (below + again.cumsum() - again) + upto - below + again - n
    cubes = _sum_of_cubes(ties) - _sum_of_cubes(upto - below) + _sum_of_cubes(upto - below + again)
    members = np.bincount(codes, minlength=counts.shape[1]) + counts.sum(0)
    return cubes, doubled.astype(np.int64) + of_counted @ counts, members


def _sum_of_cubes(ties: Ints) -> int:
    """Return ``sum (t³ - t)`` as a whole number of any size."""
    if len(ties) == 0 or int(ties.max()) ** 2 * int(ties.sum()) < 2**62:
        return int((ties**3 - ties).sum())
    return sum(t**3 - t for t in ties.tolist())
