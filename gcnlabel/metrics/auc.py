"""Area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata


def auc(scores: npt.ArrayLike, targets: npt.ArrayLike) -> float:
    """Return the area under the ROC curve: the share of pairs (positive, negative) ranked correctly; ties count 1/2.

    Args:
        scores: [N].
        targets: 0 / 1 [N], NaN = missing, left out.

    Returns:
        A value in [0, 1]; NaN without a positive or without a negative.

    Example:
        >>> auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
        0.75
    """
    targets = np.asarray(targets, dtype=np.float64)
    seen = ~np.isnan(targets)
    positive = targets[seen] == 1
    some, others = int(positive.sum()), int((~positive).sum())
    if not some or not others:
        return float("nan")
    ranks = rankdata(np.asarray(scores)[seen])
    return float((ranks[positive].sum() - some * (some + 1) / 2) / (some * others))
