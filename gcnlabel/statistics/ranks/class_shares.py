"""Spearman's correlation of a dimension with class distributions (shares of annotators)."""

from __future__ import annotations

import numpy as np

from gcnlabel.statistics.ranks.value_counts import ValueCounts, centred_ranks
from gcnlabel.statistics.statistic import MIN_SAMPLES, Floats

_UNITS = 2**32
"""Units per sample: shares are rounded to whole units (error 2^-33), so that sums are exact in any order."""


class ClassShares:
    """Samples with shares of K classes, by their value of one dimension; memory grows with the distinct values.

    A sample counts for each class with its share, as if that share of its annotators were a separate sample.

    Args:
        classes: Number of classes, K.

    Example:
        >>> shares = ClassShares(2).add(np.array([1.0, 2.0, 3.0]), np.array([[1, 0], [0.5, 0.5], [0, 1]]))
        >>> shares.spearman()[0].round(4).tolist()
        [-0.8165, 0.8165]
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._table = ValueCounts(np.empty((0, 1)), np.empty((0, classes + 1), dtype=np.int64))

    def add(self, values: Floats, shares: Floats) -> ClassShares:
        """Add samples: values [N], NaN where missing, and shares of the classes [N, K], NaN where missing."""
        seen = ~np.isnan(values) & ~np.isnan(shares).any(1)
        counts = np.concatenate([np.ones((int(seen.sum()), 1)), np.rint(shares[seen] * _UNITS)], axis=1)
        return self._merge(ValueCounts.of(values[seen, None], counts.astype(np.int64)))

    def merge(self, other: ClassShares) -> ClassShares:
        """Add the samples of another, which is not changed."""
        return self._merge(other._table)

    def _merge(self, table: ValueCounts) -> ClassShares:
        self._table = self._table.merge(table) if len(self._table.keys) else table
        return self

    def spearman(self) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """Return the correlation of each class with the dimension, and where it is defined, [K] each.

        With n samples, centred average ranks r, and m the sum of a class's shares p:
        ``sum p r / sqrt(sum r² * m (n - m) / n)``; for shares of 0 and 1, Spearman's correlation of the indicator.
        """
        samples = self._table.counts[:, 0].astype(np.float64)
        shares = self._table.counts[:, 1:] / _UNITS
        n, ranks, members = samples.sum(), centred_ranks(samples), shares.sum(0)
        spread = (samples @ ranks**2) * members * (n - members) / max(n, 1)
        defined = (spread > 0) & (n >= MIN_SAMPLES)
        return np.divide(ranks @ shares, np.sqrt(spread.clip(0)), out=np.zeros(self.classes), where=defined), defined
