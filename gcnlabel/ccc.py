"""The concordance correlation coefficient, for losses and metrics."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def ccc(prediction: Tensor, target: Tensor, total: Callable[[Tensor], Tensor] = lambda sums: sums) -> Tensor:
    """Return the concordance correlation coefficient of each dimension (Lin 1989; Emotion-GCN, Eq. 11).

    ``CCC = 2 s_xy / (s_x² + s_y² + (x̄ - ȳ)²)`` with the same 1/n moments in all places, over the samples whose target
    is not NaN. Where x and y are both constant up to rounding, or fewer than 2 targets are observed, it is
    defined as 0, with gradient 0.

    Args:
        prediction: x, [N, dims].
        target: y, [N, dims], NaN where missing.
        total: Function that sums over processes, for samples distributed over several; CCC is not a mean over samples,
            so that sums are combined instead of values.

    Returns:
        [dims], each in [-1, 1].

    Example:
        >>> x, y = torch.tensor([[0.1], [0.4], [0.5], [0.9]]), torch.tensor([[0.2], [0.3], [0.7], [0.8]])
        >>> round(ccc(x, y).item(), 6)
        0.881356
    """
    seen = ~torch.isnan(target)
    x = torch.where(seen, prediction, 0)
    y = torch.where(seen, target.to(prediction.dtype), 0)
    number, sum_x, sum_y = total(torch.stack([seen.sum(0).to(x.dtype), x.sum(0), y.sum(0)]))
    n = number.detach().clamp(min=1)
    mean_x, mean_y = sum_x / n, sum_y / n
    dx = torch.where(seen, x - mean_x, 0)
    dy = torch.where(seen, y - mean_y, 0)
    xy, xx_yy = total(torch.stack([(dx * dy).sum(0), (dx.square() + dy.square()).sum(0)]))
    numerator = 2 * xy / n
    denominator = xx_yy / n + (mean_x - mean_y).square()
    rounding = 8 * torch.finfo(x.dtype).eps * (mean_x.abs() + mean_y.abs())
    defined = (number >= 2) & (denominator > rounding.square())
    return torch.where(defined, numerator / torch.where(defined, denominator, 1), 0)
