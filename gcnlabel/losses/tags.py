"""Losses of tags, each there or not."""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.losses.task_loss import LOSSES, MeanLoss, count
from gcnlabel.tasks import Task

Focus = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class TagLoss(MeanLoss):
    """A loss of tags, each there or not."""

    takes = "0, 1 or a probability between, or NaN where missing"

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which lie outside 0..1."""
        return (targets < 0) | (targets > 1)


class BinaryCrossEntropy(TagLoss):
    """Binary cross-entropy with logits, the mean over observed tags.

    Args:
        pos_weight: Weight of the positives of each tag [labels], or None.
    """

    pos_weight: Tensor | None

    def __init__(self, pos_weight: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("pos_weight", pos_weight, persistent=False)

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the losses and number of observed tags."""
        known = torch.where(seen, targets, 0).to(scores.dtype)
        losses = F.binary_cross_entropy_with_logits(scores, known, pos_weight=self.pos_weight, reduction="none")
        total = torch.where(seen, losses, 0).sum()
        return total, count(seen, total)


class AsymmetricLoss(TagLoss):
    """Asymmetric loss for tags (Ridnik et al., ICCV 2021, Eq. 4 to 6), the mean over observed tags.

    With ``q = sigmoid(score)`` and ``q_m = max(q - clip, 0)``: positives lose ``-(1 - q)^gamma_pos log q``, negatives
    ``-q_m^gamma_neg log(1 - q_m)``.

    Args:
        gamma_neg: Focusing of the negatives.
        gamma_pos: Focusing of the positives.
        clip: Margin below which a negative is easy enough to lose nothing.
    """

    def __init__(self, gamma_neg: float = 4.0, gamma_pos: float = 1.0, clip: float = 0.05) -> None:
        super().__init__()
        self.gamma_neg = gamma_neg
        self.gamma_pos = gamma_pos
        self.clip = clip

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the losses and number of observed tags."""
        targets = torch.where(seen, targets, 0).to(scores.dtype)
        q = torch.sigmoid(scores)
        shifted = (q - self.clip).clamp(min=0)
        positive = -((1 - q) ** self.gamma_pos) * F.logsigmoid(scores)
        negative = -(shifted**self.gamma_neg) * torch.log1p(-shifted)
        total = torch.where(seen, targets * positive + (1 - targets) * negative, 0).sum()
        return total, count(seen, total)


@LOSSES.register("bce", suits="tags")
def bce(task: Task) -> BinaryCrossEntropy:
    """Return binary cross-entropy."""
    return BinaryCrossEntropy()


@LOSSES.register("asymmetric", suits="tags")
def asymmetric(
    task: Task, *, gamma_neg: Focus = 4.0, gamma_pos: Focus = 1.0, clip: Annotated[float, Field(ge=0, lt=1)] = 0.05
) -> AsymmetricLoss:
    """Return the asymmetric loss (Ridnik et al., ICCV 2021).

    Args:
        task: A multi-label task.
        gamma_neg: Focusing of the negatives.
        gamma_pos: Focusing of the positives.
        clip: Margin below which a negative is easy enough to lose nothing.
    """
    return AsymmetricLoss(gamma_neg, gamma_pos, clip)
