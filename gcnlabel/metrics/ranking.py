"""Ranking metrics of a multi-label task."""

from __future__ import annotations

import torch
from torch import Tensor


def ranking_metrics(scores: Tensor, positive: Tensor, seen: Tensor) -> dict[str, float]:
    """Return LRAP, ranking loss, coverage and one error, over the observed labels of each sample.

    With ``r_j`` the number of labels that score at least as high as label j: LRAP is the mean over the positives j of
    (positives among those r_j) / r_j; coverage the highest r_j of a positive; ranking loss the share of pairs
    (positive, negative) with the negative at least as high. A sample without positives, or without negatives, counts
    1 for LRAP and 0 for ranking loss; one without positives counts 0 for coverage (definitions of scikit-learn).
    One error is the share of samples whose highest label is not positive, among those with a positive.

    Args:
        scores: [N, labels].
        positive: bool [N, labels].
        seen: bool [N, labels]; where false, the label of that sample is not annotated.

    Example:
        >>> ranking_metrics(torch.tensor([[3.0, 2.0, 1.0]]), torch.tensor([[False, True, False]]), torch.ones(1, 3) > 0)
        {'lrap': 0.5, 'ranking_loss': 0.5, 'coverage': 2.0, 'one_error': 1.0}
    """
    rank = _at_least(scores, seen).double()  # [N, labels]
    rank_positive = _at_least(scores, positive).double()
    positives, negatives = positive.sum(1), (seen & ~positive).sum(1)
    precision = torch.where(positive, rank_positive / rank.clamp(min=1), 0).sum(1) / positives.clamp(min=1)
    wrong = torch.where(positive, rank - rank_positive, 0).sum(1) / (positives * negatives).clamp(min=1)
    both = (positives > 0) & (negatives > 0)
    result = {
        "lrap": float(torch.where(both, precision, 1).mean()),
        "ranking_loss": float(torch.where(both, wrong, 0).mean()),
        "coverage": float(torch.where(positive, rank, 0).amax(1).mean()),
    }
    some = positives > 0
    if some.any():
        top = scores.masked_fill(~seen, -torch.inf).argmax(1, keepdim=True)
        result["one_error"] = float((~positive.gather(1, top).squeeze(1))[some].double().mean())
    return result


def _at_least(scores: Tensor, among: Tensor) -> Tensor:
    """Return for each label how many of the labels ``among`` score at least as high, [N, labels]."""
    ascending = scores.masked_fill(~among, -torch.inf).sort(1).values
    below = torch.searchsorted(ascending, scores.contiguous(), right=False)
    return scores.shape[1] - below
