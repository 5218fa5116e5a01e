"""The focal loss of tags."""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.losses.class_weights import Given
from gcnlabel.losses.tags import TagLoss
from gcnlabel.losses.task_loss import LOSSES, Focus
from gcnlabel.settings import ClassWeights
from gcnlabel.tasks import Task


class FocalLoss(TagLoss):
    """Focal loss of tags (Lin et al., ICCV 2017, Eq. 5), the weighted mean over observed tags.

    With ``q = sigmoid(score)``, positives lose ``-alpha (1 - q)^gamma log q``, negatives ``-(1 - alpha) q^gamma
    log(1 - q)``.

    Args:
        class_weights: Weights of absent and present tags, see :class:`~gcnlabel.losses.tags.TagLoss`.
        alpha: Weight of positives, and 1 - alpha of negatives; None for weight 1 of both.
        gamma: Focusing parameter for hard tags.
        weighing: Setting from which :meth:`fit` computes the weights, see :class:`~gcnlabel.losses.tags.TagLoss`.
    """

    def __init__(
        self,
        class_weights: Tensor | None = None,
        *,
        alpha: float | None = 0.25,
        gamma: float = 2.0,
        weighing: Given = False,
    ) -> None:
        super().__init__(class_weights, weighing=weighing)
        self.alpha, self.gamma = alpha, gamma

    def of_shares(self, scores: Tensor, absent: Tensor, present: Tensor) -> Tensor:
        """Return the weighted losses as positives and as negatives."""
        q, tiny = torch.sigmoid(scores), torch.finfo(scores.dtype).eps
        of_positives, of_negatives = (1.0, 1.0) if self.alpha is None else (self.alpha, 1 - self.alpha)
        positive = -of_positives * (1 - q).clamp(min=tiny) ** self.gamma * F.logsigmoid(scores)
        negative = -of_negatives * q.clamp(min=tiny) ** self.gamma * F.logsigmoid(-scores)
        return present * positive + absent * negative


@LOSSES.register("focal", suits="tags")
def focal(
    task: Task,
    *,
    alpha: Annotated[float, Field(ge=0, le=1)] | None = 0.25,
    gamma: Focus = 2.0,
    class_weights: ClassWeights = False,
) -> FocalLoss:
    """Return the focal loss (Lin et al., ICCV 2017); that of classes is ``cross_entropy`` with ``gamma``.

    Args:
        task: A multi-label task.
        alpha: Weight of positives, and 1 - alpha of negatives; null for weight 1 of both.
        gamma: Focusing parameter for hard tags.
        class_weights: As for ``bce``.
    """
    return FocalLoss(alpha=alpha, gamma=gamma, weighing=class_weights)
