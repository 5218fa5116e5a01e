"""Co-occurrence counts of two labels."""

import numpy as np
from scipy import sparse

from gcnlabel.statistics.pair_counts import CountingStatistic
from gcnlabel.statistics.statistic import STATISTICS, Floats


@STATISTICS.register("cooccurrence")
class CoOccurrence(CountingStatistic):
    """Number of samples with both labels, ``M[i, j]`` (ML-GCN, Section 3.2); 0 for a label with itself."""

    def compute(self) -> Floats:
        """Return the counts [La, Lb]."""
        counts = self.counts.both.astype(np.float64)
        if self.a == self.b:
            np.fill_diagonal(counts, 0)
        return counts

    def compute_sparse(self) -> sparse.coo_array:
        """Return the counts of pairs that occur."""
        return self.occurring().astype(np.float64)
