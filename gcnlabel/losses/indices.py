"""Convert class indices of any dtype."""

from __future__ import annotations

from torch import Tensor


def class_indices(targets: Tensor) -> Tensor:
    """Return class indices [N] as int64, -1 where missing, from integers of any dtype, or floats with NaN.

    Example:
        >>> import torch
        >>> class_indices(torch.tensor([2.0, torch.nan, 0.0])), class_indices(torch.tensor([7], dtype=torch.uint8))
        (tensor([ 2, -1,  0]), tensor([7]))
    """
    return (targets.nan_to_num(-1.0) if targets.is_floating_point() else targets).long()
