"""Metrics of a dimensional task, for each dimension."""

from __future__ import annotations

from collections.abc import Mapping
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
    """Return ``<dim>/ccc``, ``/pearson``, ``/rmse`` and ``/sagr`` for each dimension, and means over them.

    CCC depends on the scale of the predictions, Pearson's correlation does not, and RMSE favours predictions that vary
    less than the targets; compare heads or calibrations by all three. The means are ``mean_ccc``, ``mean_pearson`` and
    ``mean_nrmse``, that of RMSE divided by the standard deviation of the observed targets: it does not depend on units
    and is 1 for a constant prediction of their mean; it leaves out dimensions whose targets are all equal.

    SAGR is the share of samples whose sign agrees, with sign(0) = 0; it is given if the declared range, else that of
    the observed targets, includes values on both sides of 0. Dimensions with fewer than 2 observed targets have no
    metrics and are listed in ``undefined``.

    Args:
        predictions: [N, dims].
        targets: [N, dims], NaN = missing, left out.
        dims: Names of the dimensions.
        range: Lowest and highest declared value, or None.
    """
    result: dict[str, Any] = {"undefined": []}
    spread: dict[str, float] = {}
    for i, name in enumerate(dims):
        seen = ~torch.isnan(targets[:, i])
        x, y = predictions[seen, i].double(), targets[seen, i].double()
        if len(y) < 2:
            result["undefined"].append(name)
            continue
        result[f"{name}/ccc"] = float(ccc(x[:, None], y[:, None]))
        result[f"{name}/pearson"] = float(pearson(x, y))
        result[f"{name}/rmse"] = float((x - y).square().mean().sqrt())
        spread[name] = float(y.std(correction=0)) if y.max() > y.min() else 0.0
        low, high = range or (y.min(), y.max())
        if low < 0 < high:
            result[f"{name}/sagr"] = float((x.sign() == y.sign()).double().mean())
    return {**_means(result, spread), **result}


def _means(result: Mapping[str, Any], spread: Mapping[str, float]) -> dict[str, float]:
    """Return means over dimensions; ``spread``: dimension with metrics -> standard deviation of its targets."""
    varied = [name for name, sd in spread.items() if sd > 0]
    values = {
        "mean_ccc": [result[f"{name}/ccc"] for name in spread],
        "mean_pearson": [result[f"{name}/pearson"] for name in spread],
        "mean_nrmse": [result[f"{name}/rmse"] / spread[name] for name in varied],
    }
    return {name: sum(of_dims) / len(of_dims) for name, of_dims in values.items() if of_dims}
