"""Results over seeds: mean, standard deviation, paired differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Cell:
    """A result over seeds.

    Attributes:
        mean: Mean.
        sd: Standard deviation over seeds; None for one seed and for paired differences.
        interval: 95% confidence interval of a paired difference; None otherwise and for one seed.
    """

    mean: float
    sd: float | None = None
    interval: tuple[float, float] | None = None


def mean_cell(values: Sequence[float]) -> Cell:
    """Return mean and sample standard deviation (n - 1).

    Example:
        >>> mean_cell([1.0, 3.0])
        Cell(mean=2.0, sd=1.4142135623730951, interval=None)
    """
    return Cell(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None)


def paired_cell(values: Sequence[float], others: Sequence[float]) -> Cell:
    """Return the mean of the paired differences, with its 95% confidence interval by Student's t.

    Example:
        >>> cell = paired_cell([2.0, 4.0, 3.0], [1.0, 1.0, 1.0])
        >>> cell.mean, [round(end, 3) for end in cell.interval]
        (2.0, [-0.484, 4.484])
    """
    differences = np.subtract(values, others)
    mean, n = float(differences.mean()), len(differences)
    if n < 2:
        return Cell(mean)
    half = float(stats.t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n))
    return Cell(mean, interval=(mean - half, mean + half))
