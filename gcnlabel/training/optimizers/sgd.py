"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from torch.optim import SGD

from gcnlabel.settings import Share
from gcnlabel.training.optimizers.optimizer import OPTIMIZERS


@OPTIMIZERS.register("sgd", elementwise=True)
def sgd(
    groups: list[dict[str, Any]],
    lr: float,
    weight_decay: float,
    fused: bool | None,
    *,
    momentum: Share = 0.9,
    nesterov: bool = False,
) -> SGD:
    """Return stochastic gradient descent.

    Args:
        groups: Groups of parameters.
        lr: Learning rate.
        weight_decay: Weight decay, part of the gradient.
        fused: Whether to update in one kernel.
        momentum: Momentum factor.
        nesterov: Whether to use Nesterov's momentum.
    """
    return SGD(groups, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov, fused=fused)
