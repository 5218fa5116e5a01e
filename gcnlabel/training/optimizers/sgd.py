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
        fused: Whether in one kernel.
        momentum: Share of the last step that is taken again.
        nesterov: Whether the gradient is taken after that share (Nesterov's momentum).
    """
    return SGD(groups, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov, fused=fused)
