"""Paired comparisons over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import ttest_rel


@dataclass(frozen=True)
class Difference:
    """The mean paired difference of two heads.

    Attributes:
        mean: Mean over seeds.
        half_width: Half the width of its 95% confidence interval (Student's t); infinite for one seed.
        p: p-value of a two-sided paired t-test, not corrected.
    """

    mean: float
    half_width: float
    p: float


def difference(values: Sequence[float], reference: Sequence[float]) -> Difference:
    """Return the mean paired difference ``values - reference`` over seeds.

    If all differences are equal, p is 1 for 0 and 0 otherwise.

    Raises:
        ValueError: The numbers of values and references differ.

    Example:
        >>> d = difference([0.5, 0.6, 0.7], [0.4, 0.4, 0.6])
        >>> round(d.mean, 4), round(d.half_width, 4), round(d.p, 4)
        (0.1333, 0.1434, 0.0572)
    """
    if len(values) != len(reference):
        raise ValueError(f"{len(values)} values cannot be paired with {len(reference)}")
    gaps = np.asarray(values, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    mean = float(gaps.mean())
    if len(gaps) < 2:
        return Difference(mean, float("inf"), 1.0)
    if np.ptp(gaps) < 1e-12:
        return Difference(mean, 0.0, 1.0 if abs(mean) < 1e-12 else 0.0)
    test = ttest_rel(values, reference)
    low, high = test.confidence_interval(0.95)
    return Difference(mean, float(high - low) / 2, float(test.pvalue))


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Return p-values corrected for multiple tests (Holm 1979): running maximum of ``(n - rank) p``, at most 1.

    Example:
        >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
        {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    corrected, highest = {}, 0.0
    for rank, name in enumerate(sorted(ps, key=lambda name: ps[name])):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[name]))
        corrected[name] = highest
    return corrected
