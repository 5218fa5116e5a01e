"""Adam, with and without decoupled weight decay."""

from __future__ import annotations

from typing import Any

from torch.optim import Adam, AdamW

from gcnlabel.settings import Share
from gcnlabel.training.optimizers.optimizer import OPTIMIZERS


@OPTIMIZERS.register("adamw", elementwise=True)
def adamw(
    groups: list[dict[str, Any]],
    lr: float,
    weight_decay: float,
    fused: bool | None,
    *,
    beta1: Share = 0.9,
    beta2: Share = 0.999,
) -> AdamW:
    """Return AdamW, Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).

    Args:
        groups: Groups of parameters.
        lr: Learning rate.
        weight_decay: Weight decay.
        fused: Whether to update in one kernel.
        beta1: Decay of the first moment.
        beta2: Decay of the second moment.
    """
    return AdamW(groups, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay, fused=fused)


@OPTIMIZERS.register("adam", elementwise=True)
def adam(
    groups: list[dict[str, Any]],
    lr: float,
    weight_decay: float,
    fused: bool | None,
    *,
    beta1: Share = 0.9,
    beta2: Share = 0.999,
) -> Adam:
    """Return Adam (Kingma and Ba, ICLR 2015), with weight decay as part of the gradient.

    Args:
        groups: Groups of parameters.
        lr: Learning rate.
        weight_decay: Weight decay.
        fused: Whether to update in one kernel.
        beta1: Decay of the first moment.
        beta2: Decay of the second moment.
    """
    return Adam(groups, lr=lr, betas=(beta1, beta2), weight_decay=weight_decay, fused=fused)
