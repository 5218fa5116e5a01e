"""Sorted runs of values with their classes, eight bytes each, and their merge in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.statistics.ranks.spill import Spilled, Words
from gcnlabel.statistics.ranks.value_counts import ValueCounts
from gcnlabel.statistics.statistic import Floats, Ints

Codes = npt.NDArray[np.unsignedinteger]

OFTEN = 2**10
"""Number of equal values in a run from which they are counted instead of kept."""
RANGE = 2**16
"""Number of samples of a range of values that are ranked together."""


@dataclass(frozen=True)
class Run:
    """Samples in the order of their values.

    With b bits for a class, a value's 64 bits keep their last 64 - b, followed by the class; the first b bits, the
    prefix, are those of a whole group.

    Attributes:
        packed: uint64, ascending in each group.
        groups: Prefix -> start and end of its group.
    """

    packed: Words | Spilled
    groups: dict[int, tuple[int, int]]


def class_bits(classes: int) -> int:
    """Return how many bits hold a class."""
    return max(classes - 1, 1).bit_length()


def ordered_bits(values: Floats) -> Words:
    """Return whole numbers in the order of the values: equal for equal values, -0.0 as 0.0.

    Example:
        >>> ordered_bits(np.array([-2.0, -1.0, -0.0, 0.0, 0.5])).argsort().tolist()
        [0, 1, 2, 3, 4]
    """
    bits = (values + 0.0).view(np.uint64)
    flipped = bits.view(np.int64) >> 63
    flipped |= np.int64(-1 << 63)
    bits ^= flipped.view(np.uint64)
    return bits


def from_ordered_bits(keys: Words) -> Floats:
    """Return the values of :func:`ordered_bits`."""
    flipped = ((~keys).view(np.int64) >> 63).view(np.uint64) | np.uint64(1 << 63)
    return (keys ^ flipped).view(np.float64)


def sorted_run(samples: Sequence[tuple[Words, Codes]], classes: int) -> Run:
    """Return samples as a run: parts of ordered bits [n] and class indices [n]."""
    bits = class_bits(classes)
    n = sum(len(keys) for keys, _ in samples)
    packed, prefix = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.min_scalar_type((1 << bits) - 1))
    sizes, end = np.zeros(1 << bits, dtype=np.int64), 0
    for keys, codes in samples:
        part = slice(end, end + len(keys))
        prefix[part] = keys >> np.uint64(64 - bits)
        np.left_shift(keys, np.uint64(bits), out=packed[part])
        packed[part] |= codes
        sizes += np.bincount(prefix[part], minlength=len(sizes))
        end += len(keys)
    ends = sizes.cumsum()
    groups = {int(p): (int(ends[p] - sizes[p]), int(ends[p])) for p in np.flatnonzero(sizes)}
    if len(groups) > 1:
        packed = packed[np.argsort(prefix, kind="stable")]  # small numbers: radix sort
    for start, stop in groups.values():
        packed[start:stop] = pl.Series(packed[start:stop]).sort(multithreaded=False)  # faster than NumPy
    return Run(packed, groups)


def without_frequent(run: Run, classes: int) -> tuple[Run, ValueCounts]:
    """Return a run without the values that occur at least :data:`OFTEN` times, and the counts of these."""
    shift = np.uint64(class_bits(classes))
    packed, kept, keys, counts = run.packed[:], [], [], []
    groups, end = {}, 0
    for prefix, (start, stop) in run.groups.items():
        rest, frequent, often = _split(packed[start:stop], np.uint64((1 << int(shift)) - 1), classes)
        groups[prefix] = end, end + len(rest)
        end += len(rest)
        kept.append(rest)
        keys.append(whole_keys(frequent, prefix, shift))
        counts.append(often)
    if end < len(packed):
        run = Run(np.concatenate(kept), {p: (a, b) for p, (a, b) in groups.items() if a < b})
    return run, ValueCounts(from_ordered_bits(np.concatenate(keys))[:, None], np.concatenate(counts))


def _split(group: Words, low: np.uint64, classes: int) -> tuple[Words, Words, Ints]:
    """Return the samples of rare values, one of each frequent value, and the counts of these by class."""
    if not (
        (group[OFTEN - 1 :] ^ group[: max(len(group) - OFTEN + 1, 0)]) <= low
    ).any():  # the usual case, which is quick to detect
        return group, group[:0], np.empty((0, classes), dtype=np.int64)
    firsts, sizes = tied(group, low)
    firsts, sizes = firsts[sizes >= OFTEN], sizes[sizes >= OFTEN]
    places = spans(firsts, sizes)
    cells = np.arange(len(firsts)).repeat(sizes) * classes + (group[places] & low).astype(np.intp)
    counts = np.bincount(cells, minlength=len(firsts) * classes).reshape(-1, classes)
    return np.delete(group, places), group[firsts], counts


def tied(packed: Words, low: np.uint64) -> tuple[Ints, Ints]:
    """Return start and count of each value that occurs more than once in a group."""
    same = (packed[1:] ^ packed[:-1]) <= low
    edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
    return edges[::2], edges[1::2] - edges[::2] + 1


def spans(firsts: Ints, sizes: Ints) -> Ints:
    """Return the places of spans.

    Example:
        >>> spans(np.array([2, 7]), np.array([3, 1])).tolist()
        [2, 3, 4, 7]
    """
    before: Ints = sizes.cumsum() - sizes
    return (firsts - before).repeat(sizes) + np.arange(int(sizes.sum()))


def whole_keys(packed: Words, prefix: int, shift: np.uint64) -> Words:
    """Return the ordered bits of packed samples of a group."""
    return packed >> shift | np.uint64(prefix << 64 - int(shift))


def ranges(runs: Sequence[Run], classes: int) -> Iterator[tuple[int, Words]]:
    """Yield prefix and packed samples in ascending order, those of one value together.

    Holds at most :data:`RANGE` samples, or twice :data:`OFTEN` of each run where there are more than 32. Runs must be
    :func:`without_frequent` values.
    """
    for prefix in sorted({prefix for run in runs for prefix in run.groups}):
        parts = [(run.packed, *run.groups[prefix]) for run in runs if prefix in run.groups]
        while parts:
            each = max(RANGE // len(parts), 2 * OFTEN)
            blocks = _below_all_that_follows(
                [packed[at : min(at + each, stop)] for packed, at, stop in parts],
                [at + each < stop for _, at, stop in parts],
                np.uint64(class_bits(classes)),
            )
            yield (
                prefix,
                blocks[0]
                if len(blocks) == 1
                else pl.Series(np.concatenate(blocks)).sort(multithreaded=False).to_numpy(),
            )
            parts = [(p, at + len(b), stop) for (p, at, stop), b in zip(parts, blocks, strict=True)]
            parts = [(p, at, stop) for p, at, stop in parts if at < stop]


def _below_all_that_follows(blocks: list[Words], unfinished: list[bool], shift: np.uint64) -> list[Words]:
    """Return blocks up to the first value that may occur again after one of them."""
    if not any(unfinished):
        return blocks
    limit = min(block[-1] >> shift for block, more in zip(blocks, unfinished, strict=True) if more) << shift
    return [block[: np.searchsorted(block, limit)] for block in blocks]
