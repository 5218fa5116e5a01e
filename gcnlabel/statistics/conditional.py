"""Conditional probability of a label, given another."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.statistics.pair_counts import CountingStatistic
from gcnlabel.statistics.statistic import STATISTICS, Floats
from gcnlabel.tasks import Task


def conditional_from_counts(counts: npt.ArrayLike, cooccurrence: npt.ArrayLike) -> Floats:
    """Return ``P[i, j] = P(L_j | L_i) = M[i, j] / N[i]``, 0 where N[i] = 0 (ML-GCN, Section 3.2).

    Args:
        counts: N, samples with label i, [L] or, when it depends on j, [L, L].
        cooccurrence: M, samples with both, [L, L].

    Example:
        >>> conditional_from_counts([4, 0], [[0, 1], [0, 0]]).tolist()
        [[0.0, 0.25], [0.0, 0.0]]
    """
    n = np.asarray(counts, dtype=np.float64)
    m = np.asarray(cooccurrence, dtype=np.float64)
    n = np.broadcast_to(n[:, None] if n.ndim == 1 else n, m.shape)
    return np.divide(m, n, out=np.zeros_like(m), where=n > 0)


@STATISTICS.register("conditional")
class ConditionalProbability(CountingStatistic):
    """Conditional probability ``P(L_j | L_i)``, not symmetric; 0 for a label with itself, as in ML-GCN's counts."""

    @classmethod
    def published_for(cls, a: Task, b: Task) -> bool:
        """Return whether these are the same tags (ML-GCN)."""
        return a == b and a.binary

    def compute(self) -> Floats:
        """Return P(column | row), [La, Lb]."""
        return self._of(self.counts.first, self.counts.both)

    def reverse(self, block: Floats) -> Floats:
        """Return P(row | column), [Lb, La]."""
        return self._of(self.counts.second.T, self.counts.both.T)

    def compute_sparse(self) -> sparse.coo_array:
        """Return P(column | row) of the pairs that occur."""
        return self._of_pairs(self.occurring(), self._counts.first)

    def reverse_sparse(self, block: sparse.coo_array) -> sparse.coo_array:
        """Return P(row | column) of the pairs that occur."""
        return self._of_pairs(self.occurring().T.tocoo(), np.asarray(self._counts.second).T)

    def label_counts(self) -> Any:
        """Return the number of samples with each label of the first task [La], None if it differs between pairs."""
        first = np.asarray(self._counts.first)
        same = first.ndim == 2 and (first == first[:, :1]).all()
        return first[:, 0] if same and len(first) == len(self.a) else None

    def _of_pairs(self, both: sparse.coo_array, first: npt.ArrayLike) -> sparse.coo_array:
        n = np.broadcast_to(np.asarray(first, dtype=np.float64), both.shape)[both.row, both.col]
        values = np.divide(both.data, n, out=np.zeros(len(n)), where=n > 0)
        return sparse.coo_array((values, (both.row, both.col)), shape=both.shape)

    def _of(self, first: npt.ArrayLike, both: npt.ArrayLike) -> Floats:
        values = conditional_from_counts(first, both)
        if self.a == self.b:
            np.fill_diagonal(values, 0)
        return values
