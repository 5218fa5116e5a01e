"""Weights of classes, and of absent and present tags, from how often they occur or as they are given."""

from __future__ import annotations

import torch
from torch import Tensor


def inverse_frequency_weights(counts: Tensor) -> Tensor:
    """Return ``f_min / f_i``: rare classes weigh most, the rarest weighs 1 (Emotion-GCN, Eq. 9 as its text means it).

    A class that never occurs weighs 0: no sample can need its weight.

    Args:
        counts: Samples of each class [classes], or sums of their shares.

    Example:
        >>> inverse_frequency_weights(torch.tensor([10, 5, 0])).tolist()
        [0.5, 1.0, 0.0]
    """
    counts = counts.to(torch.get_default_dtype())
    seen = counts > 0
    if not seen.any():
        return torch.ones_like(counts)
    return torch.where(seen, counts[seen].min() / counts.where(seen, 1), 0)


def balanced_weights(counts: Tensor) -> Tensor:
    """Return ``n / (k n_i)`` of the k classes that occur, of n samples: all classes weigh the same together.

    scikit-learn's ``balanced``. A class that never occurs weighs 0.

    Args:
        counts: Samples of each class [classes]; or of each tag, absent and present [labels, 2].

    Example:
        >>> balanced_weights(torch.tensor([[9, 1], [4, 0]])).tolist()
        [[0.5555555820465088, 5.0], [1.0, 0.0]]
    """
    counts = counts.to(torch.get_default_dtype())
    seen = counts > 0
    total, kinds = counts.sum(-1, keepdim=True), seen.sum(-1, keepdim=True)
    return torch.where(seen, total / (kinds * counts).where(seen, 1), 0)


def of_mean_1(weights: Tensor, counts: Tensor) -> Tensor:
    """Return weights times the factor that makes their mean over the samples 1.

    Args:
        weights: Weight of each class [classes], or of absent and present tags [labels, 2].
        counts: Samples of each, of the same shape.

    Example:
        >>> of_mean_1(torch.tensor([[1.0, 4.0]]), torch.tensor([[2.0, 1.0]])).tolist()
        [[0.5, 2.0]]
    """
    total = (weights * counts).sum()
    return weights * (counts.sum() / total) if total > 0 else weights
