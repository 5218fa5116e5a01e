"""Values with their classes in ascending order, eight bytes each, and their merge in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.statistics.spill import Spilled, Words
from gcnlabel.statistics.statistic import Floats, Ints
from gcnlabel.statistics.value_counts import ValueCounts

Codes = npt.NDArray[np.unsignedinteger]

OFTEN = 2**10
"""Samples of one value in a run from which on they are counted and not kept."""
RANGE = 2**17
"""Samples of a range of values that are ranked together."""


@dataclass(frozen=True)
class Run:
    """Samples in the order of their values.

    With b bits for a class, a value's 64 bits keep their last 64 - b, followed by the class; the first b bits, the
    prefix, are those of a whole group.

    Attributes:
        packed: uint64, ascending in each group.
        groups: Prefix -> where its group starts and ends.
    """

    packed: Words | Spilled
    groups: dict[int, tuple[int, int]]


def class_bits(classes: int) -> int:
    """Return how many bits hold a class."""
    return max(classes - 1, 1).bit_length()


def ordered_bits(values: Floats) -> Words:
    """Return whole numbers in the order of the values: equal where they are, -0.0 as 0.0.

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
    end = 0
    for keys, codes in samples:
        part = slice(end, end + len(keys))
        prefix[part] = keys >> np.uint64(64 - bits)
        np.left_shift(keys, np.uint64(bits), out=packed[part])
        packed[part] |= codes
        end += len(keys)
    return _sorted_groups(packed, prefix)


def _sorted_groups(packed: Words, prefix: Codes) -> Run:
    ends = np.bincount(prefix).cumsum()
    groups = {int(p): (int(ends[p - 1]) if p else 0, int(ends[p])) for p in np.flatnonzero(np.diff(ends, prepend=0))}
    if len(groups) > 1:
        packed = packed[np.argsort(prefix, kind="stable")]  # small numbers: radix sort
    for start, stop in groups.values():
        packed[start:stop] = pl.Series(packed[start:stop]).sort().to_numpy()  # sorts faster than NumPy
    return Run(packed, groups)


def without_frequent(run: Run, classes: int) -> tuple[Run, ValueCounts]:
    """Return a run without the values that come at least :data:`OFTEN` times, and the counts of these."""
    shift = np.uint64(class_bits(classes))
    low = np.uint64((1 << int(shift)) - 1)
    packed, kept, keys, counts = run.packed[:], [], [], []
    groups, end = {}, 0
    for prefix, (start, stop) in run.groups.items():
        group = packed[start:stop]
        if not ((group[OFTEN - 1 :] ^ group[: max(len(group) - OFTEN + 1, 0)]) <= low).any():
            kept.append(group)
        else:
            firsts, sizes = value_runs(group, low)
            often = sizes >= OFTEN
            inside = often.repeat(sizes)
            place = np.arange(often.sum()).repeat(sizes[often])
            cells = place * classes + (group[inside] & low).astype(np.intp)
            counts.append(np.bincount(cells, minlength=int(often.sum()) * classes).reshape(-1, classes))
            keys.append(whole_keys(group[firsts[often]], prefix, shift))
            kept.append(group[~inside])
        groups[prefix] = end, end + len(kept[-1])
        end += len(kept[-1])
    if not keys:
        return run, ValueCounts(np.empty((0, 1)), np.empty((0, classes), dtype=np.int64))
    table = ValueCounts(from_ordered_bits(np.concatenate(keys))[:, None], np.concatenate(counts).astype(np.int64))
    return Run(np.concatenate(kept), {p: (a, b) for p, (a, b) in groups.items() if a < b}), table


def value_runs(packed: Words, low: np.uint64) -> tuple[Ints, Ints]:
    """Return where each value starts in a group, and how often it comes."""
    firsts = np.concatenate([[0], np.flatnonzero((packed[1:] ^ packed[:-1]) > low) + 1])[: len(packed)]
    return firsts, np.diff(firsts, append=len(packed))


def whole_keys(packed: Words, prefix: int, shift: np.uint64) -> Words:
    """Return the ordered bits of packed samples of a group."""
    return packed >> shift | np.uint64(prefix << 64 - int(shift))


def ranges(runs: Sequence[Run], classes: int) -> Iterator[tuple[int, Words]]:
    """Yield prefix and packed samples in ascending order, those of one value together.

    Holds at most :data:`RANGE` samples, or twice :data:`OFTEN` of each run where there are more than 64. Runs must be
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
            yield prefix, blocks[0] if len(blocks) == 1 else pl.Series(np.concatenate(blocks)).sort().to_numpy()
            parts = [(p, at + len(b), stop) for (p, at, stop), b in zip(parts, blocks, strict=True)]
            parts = [(p, at, stop) for p, at, stop in parts if at < stop]


def _below_all_that_follows(blocks: list[Words], unfinished: list[bool], shift: np.uint64) -> list[Words]:
    """Return blocks up to the first value that may come again after one of them."""
    if not any(unfinished):
        return blocks
    limit = min(block[-1] >> shift for block, more in zip(blocks, unfinished, strict=True) if more) << shift
    return [block[: np.searchsorted(block, limit)] for block in blocks]
