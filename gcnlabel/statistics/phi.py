"""Correlation of two indicators."""

import numpy as np
import numpy.typing as npt

from gcnlabel.statistics.pair_counts import CountingStatistic, PairCounts
from gcnlabel.statistics.statistic import MIN_SAMPLES, STATISTICS, Floats, fill_undefined


def phi_from_counts(counts: PairCounts) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return ``(n n11 - n1. n.1) / sqrt(n1. (n - n1.) n.1 (n - n.1))`` and where it is defined, [La, Lb] each.

    Example:
        >>> one = np.array([[1]])
        >>> phi_from_counts(PairCounts(both=2 * one, first=2 * one, second=2 * one, total=4 * one))[0].tolist()
        [[1.0]]
    """
    n, first, second = (x.astype(np.float64) for x in (counts.total, counts.first, counts.second))
    spread = np.sqrt(first * (n - first)) * np.sqrt(second * (n - second))
    defined = (spread > 0) & (counts.total >= MIN_SAMPLES)
    return np.divide(n * counts.both - first * second, spread, out=np.zeros_like(n), where=defined), defined


@STATISTICS.register("phi")
class Phi(CountingStatistic):
    """Phi coefficient: Pearson's (and Spearman's) correlation of two 0/1 indicators, signed."""

    def compute(self) -> Floats:
        """Return the block [La, Lb]."""
        return fill_undefined(*phi_from_counts(self.counts), self.a, self.b)
