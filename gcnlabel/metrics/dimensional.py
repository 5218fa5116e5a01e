"""Metrics of a dimensional task, each dimension by itself."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gcnlabel.ccc import ccc


def pearson(x: Tensor, y: Tensor) -> Tensor:
    """Return Pearson's correlation of two vectors [N]; 0 where one is constant.

    Example:
        >>> pearson(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])).item()
        1.0
    """
    dx, dy = x - x.mean(), y - y.mean()
    scale = (dx.square().sum() * dy.square().sum()).sqrt()
    return (dx * dy).sum() / scale if scale > 0 else scale * 0


def dimensional_metrics(
    predictions: Tensor, targets: Tensor, dims: tuple[str, ...], range: tuple[float, float] | None = None
) -> dict[str, Any]:
    """Return ``<dim>/ccc``, ``/pearson``, ``/rmse`` and ``/sagr`` for each dimension, and ``mean_ccc`` over them.

    SAGR is the share of samples whose sign agrees, with sign(0) = 0; it is there where values lie on both sides of 0:
    those of the range, or where none is declared the observed targets. A dimension with fewer than 2 observed targets
    has no metrics and is named in ``undefined``.

    Args:
        predictions: [N, dims].
        targets: [N, dims], NaN = missing, left out.
        dims: Names of the dimensions.
        range: Lowest and highest value that is declared for them, or None.
    """
    result: dict[str, Any] = {"undefined": []}
    for i, name in enumerate(dims):
        seen = ~torch.isnan(targets[:, i])
        x, y = predictions[seen, i].double(), targets[seen, i].double()
        if len(y) < 2:
            result["undefined"].append(name)
            continue
        result[f"{name}/ccc"] = float(ccc(x[:, None], y[:, None]))
        result[f"{name}/pearson"] = float(pearson(x, y))
        result[f"{name}/rmse"] = float((x - y).square().mean().sqrt())
        low, high = range or (y.min(), y.max())
        if low < 0 < high:
            result[f"{name}/sagr"] = float((x.sign() == y.sign()).double().mean())
    values = [result[key] for key in result if key.endswith("/ccc")]
    return {"mean_ccc": sum(values) / len(values), **result} if values else result
