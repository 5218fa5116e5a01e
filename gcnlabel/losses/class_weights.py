"""Weights of classes from how often they occur."""

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
