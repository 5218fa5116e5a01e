"""Counts by distinct value: exact, and the same for any division into chunks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gcnlabel.statistics.statistic import Floats, Ints


@dataclass(frozen=True)
class ValueCounts:
    """Integer counts for each distinct key.

    Attributes:
        keys: Distinct keys in ascending order, [V, k] (k values make a key).
        counts: [V, c].
    """

    keys: Floats
    counts: Ints

    @classmethod
    def of(cls, keys: Floats, counts: Floats | Ints) -> ValueCounts:
        """Return the sums of ``counts`` [n, c] over equal rows of ``keys`` [n, k]."""
        keys = np.asarray(keys, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
        if keys.shape[1] == 1:
            distinct, place = np.unique(keys[:, 0], return_inverse=True)
            distinct = distinct[:, None]
        else:
            distinct, place = np.unique(keys, axis=0, return_inverse=True)
        n = len(keys)
        sums = sparse.csr_matrix((np.ones(n), (place.reshape(-1), np.arange(n))), shape=(len(distinct), n)) @ counts
        return cls(distinct, np.rint(sums).astype(np.int64))

    def merge(self, other: ValueCounts) -> ValueCounts:
        """Return the counts of both."""
        return ValueCounts.of(np.concatenate([self.keys, other.keys]), np.concatenate([self.counts, other.counts]))


def centred_ranks(counts: Floats) -> Floats:
    """Return the average rank of each value minus the mean rank, for counts of ascending values.

    ``r_v = c_1 + ... + c_{v-1} + (c_v + 1) / 2 - (n + 1) / 2``, ties sharing their average rank.

    Args:
        counts: Number of samples with each value, [V] or [V, c].

    Example:
        >>> centred_ranks(np.array([1.0, 2.0, 1.0])).tolist()
        [-1.5, 0.0, 1.5]
    """
    before = counts.cumsum(0) - counts
    ranks: Floats = before + (counts - counts.sum(0)) / 2
    return ranks
