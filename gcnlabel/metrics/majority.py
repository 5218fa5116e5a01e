"""Majority class of class distributions."""

from __future__ import annotations

from torch import Tensor

from gcnlabel.losses.indices import class_indices


def majority(targets: Tensor) -> Tensor:
    """Return the class of each sample, int64 [N]; -1 where it is missing, or several classes tie for the majority.

    Args:
        targets: Class indices [N], of any dtype, or class distributions [N, classes], NaN where missing.

    Example:
        >>> import torch
        >>> majority(torch.tensor([[0.2, 0.8], [0.5, 0.5], [torch.nan, torch.nan]])).tolist()
        [1, -1, -1]
    """
    if targets.dim() == 1:
        return class_indices(targets)
    highest = targets.nan_to_num(-1).max(1)
    alone = (targets == highest.values[:, None]).sum(1) == 1
    return highest.indices.where(alone, -1)


def ties(targets: Tensor) -> int:
    """Return the number of samples in which several classes tie for the majority.

    Example:
        >>> import torch
        >>> ties(torch.tensor([[0.2, 0.8], [0.5, 0.5], [torch.nan, torch.nan]]))
        1
    """
    return 0 if targets.dim() == 1 else int(((majority(targets) < 0) & ~targets.isnan().any(1)).sum())
