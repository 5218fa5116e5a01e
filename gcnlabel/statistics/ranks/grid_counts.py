"""Count values that are decimals of a few digits, as annotations often are, without sorting."""

from __future__ import annotations

import numpy as np

from gcnlabel.statistics.ranks.value_counts import ValueCounts
from gcnlabel.statistics.statistic import Floats, Ints

MAX_CELLS = 2**21
"""Largest number of cells of a table of counts."""
ROWS_IN_CACHE = 2**16
"""Number of samples whose temporary arrays fit into the processor's cache."""
DECIMALS = range(7)
FIRST = 64
"""Number of values from which the number of digits is estimated."""


def grid_counts(values: Floats, codes: Ints, classes: int) -> ValueCounts | None:
    """Return how often each value occurs with each class, or None where values are not on a grid or it is too fine.

    Args:
        values: [N], contiguous, none missing.
        codes: Class indices, [N].
        classes: Number of classes, K.

    Example:
        >>> table = grid_counts(np.array([0.2, 0.1, 0.2]), np.array([0, 1, 1]), 2)
        >>> table.keys.ravel().tolist(), table.counts.tolist()
        ([0.1, 0.2], [[0, 1], [1, 1]])
        >>> grid_counts(np.array([1 / 3]), np.array([0]), 1)
    """
    if len(values) == 0:
        return ValueCounts(np.empty((0, 1)), np.empty((0, classes), dtype=np.int64))
    first, ends = values[:FIRST], np.array([values.min(), values.max()])
    for digits in DECIMALS:
        scale = 10.0**digits
        if (np.rint(first * scale) / scale == first).all():
            low, high = np.rint(ends * scale)
            if not (high - low + 1) * classes <= MAX_CELLS:  # also when infinite
                return None
            counts = _counts(values, codes, scale, low, (int(high - low) + 1, classes))
            if counts is not None:
                rows = np.flatnonzero(counts.any(1))
                return ValueCounts(((rows + low) / scale + 0.0)[:, None], counts[rows])
    return None


def _counts(values: Floats, codes: Ints, scale: float, low: float, shape: tuple[int, int]) -> Ints | None:
    """Return counts by whole number and class; None where a value is no whole number over ``scale``."""
    cells = shape[0] * shape[1]
    counts = np.zeros(cells, dtype=np.int64)
    step = max(ROWS_IN_CACHE, cells)
    for start in range(0, len(values), step):
        part = values[start : start + step]
        whole = part * scale
        np.rint(whole, out=whole)
        if not (whole / scale == part).all():  # division is exactly rounded, as reading a decimal is
            return None
        whole -= low
        places = whole.astype(np.intp)
        places *= shape[1]
        places += codes[start : start + step]
        counts += np.bincount(places, minlength=cells)
    return counts.reshape(shape)
