"""Losses of tags."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.losses.class_weights import Given, weights_of_tags
from gcnlabel.losses.task_loss import LOSSES, Focus, WeighedLoss, count
from gcnlabel.settings import ClassWeights
from gcnlabel.tasks import Task


class TagLoss(WeighedLoss):
    """Base class of losses of tags: the mean over observed tags of the loss times its weight.

    A present tag has the weight ``class_weights[tag, 1]``, an absent one ``class_weights[tag, 0]``. If the mean weight
    over the training samples is 1, this is an unbiased estimate of the loss of samples that are repeated in proportion
    to the weights, also for rare tags; division by the sum of the batch's weights would be biased.

    Args:
        class_weights: Weights of absent and present tags [labels, 2], or None for 1.
        weighing: Setting from which :meth:`fit` computes the weights: true so that the samples in which a tag is absent
            and those in which it is present have the same total weight, or tag -> weights where absent and present;
            false for weight 1.
    """

    weights_of = staticmethod(weights_of_tags)
    takes = "0, 1 or a probability between, or NaN where missing"

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which targets are outside 0..1, bool [B, labels]."""
        return (targets < 0) | (targets > 1)

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted losses and number of observed tags."""
        known = torch.where(seen, targets, 0).to(scores.dtype)
        absent, present = self.shares(known)
        if self.class_weights is not None:
            weights = self.class_weights.to(scores.dtype)
            absent, present = absent * weights[:, 0], present * weights[:, 1]
        total = torch.where(seen, self.of_shares(scores, absent, present), 0).sum()
        return total, count(seen, total)

    def shares(self, known: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights of each tag as absent and as present, [B, labels] each."""
        return 1 - known, known

    @abstractmethod
    def of_shares(self, scores: Tensor, absent: Tensor, present: Tensor) -> Tensor:
        """Return the loss of each score for the weights of a tag as absent and as present, all [B, labels]."""


class BinaryCrossEntropy(TagLoss):
    """Binary cross-entropy with logits, the weighted mean over observed tags; see :class:`TagLoss`.

    Args:
        class_weights: Weights of absent and present tags, see :class:`TagLoss`.
        pos_weight: Further factor of present tags, as in PyTorch: the mean is still over the number of tags.
        smoothing: Share of the target that is spread evenly over absent and present.
        weighing: Setting from which :meth:`fit` computes the weights, see :class:`TagLoss`.
    """

    def __init__(
        self,
        class_weights: Tensor | None = None,
        *,
        pos_weight: float = 1.0,
        smoothing: float = 0.0,
        weighing: Given = False,
    ) -> None:
        super().__init__(class_weights, weighing=weighing)
        self.pos_weight, self.smoothing = pos_weight, smoothing

    def shares(self, known: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights of each tag as absent and as present, [B, labels] each."""
        known = known * (1 - self.smoothing) + self.smoothing / 2
        return 1 - known, known * self.pos_weight

    def of_shares(self, scores: Tensor, absent: Tensor, present: Tensor) -> Tensor:
        """Return ``-present log q - absent log(1 - q)``, with ``q = sigmoid(score)``."""
        return absent * scores - (absent + present) * F.logsigmoid(scores)


class AsymmetricLoss(TagLoss):
    """Asymmetric loss for tags (Ridnik et al., ICCV 2021, Eq. 4 to 6), the weighted mean over observed tags.

    With ``q = sigmoid(score)`` and ``q_m = max(q - clip, 0)``: positives lose ``-(1 - q)^gamma_pos log q``, negatives
    ``-q_m^gamma_neg log(1 - q_m)``.

    Args:
        class_weights: Weights of absent and present tags, see :class:`TagLoss`.
        gamma_neg: Focusing of the negatives.
        gamma_pos: Focusing of the positives.
        clip: Probability below which a negative has loss 0.
        weighing: Setting from which :meth:`fit` computes the weights, see :class:`TagLoss`.
    """

    def __init__(
        self,
        class_weights: Tensor | None = None,
        *,
        gamma_neg: float = 4.0,
        gamma_pos: float = 1.0,
        clip: float = 0.05,
        weighing: Given = False,
    ) -> None:
        super().__init__(class_weights, weighing=weighing)
        self.gamma_neg = gamma_neg
        self.gamma_pos = gamma_pos
        self.clip = clip

    def of_shares(self, scores: Tensor, absent: Tensor, present: Tensor) -> Tensor:
        """Return the weighted losses as positives and as negatives."""
        q = torch.sigmoid(scores)
        tiny = torch.finfo(q.dtype).eps  # at q = 1, log(1 - q) and, for gamma < 1, the gradient are infinite
        shifted = (q - self.clip).clamp(0, 1 - tiny)
        positive = -((1 - q).clamp(min=tiny) ** self.gamma_pos) * F.logsigmoid(scores)
        negative = -(shifted**self.gamma_neg) * torch.log1p(-shifted)
        return present * positive + absent * negative


@LOSSES.register("bce", suits="tags")
def bce(
    task: Task,
    *,
    class_weights: ClassWeights = False,
    pos_weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0,
    smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0,
) -> BinaryCrossEntropy:
    """Return binary cross-entropy.

    Args:
        task: A multi-label task.
        class_weights: True so that the samples in which a tag is absent and those in which it is present have the same
            total weight; a number for weights by effective numbers with that beta (Cui et al., CVPR 2019); or tag ->
            [weight where absent, weight where present], 1 for tags that are left out.
        pos_weight: Further factor of the loss of present tags.
        smoothing: Share of the target that is spread evenly over absent and present (label smoothing).
    """
    return BinaryCrossEntropy(weighing=class_weights, pos_weight=pos_weight, smoothing=smoothing)


@LOSSES.register("asymmetric", suits="tags")
def asymmetric(
    task: Task,
    *,
    gamma_neg: Focus = 4.0,
    gamma_pos: Focus = 1.0,
    clip: Annotated[float, Field(ge=0, lt=1)] = 0.05,
    class_weights: ClassWeights = False,
) -> AsymmetricLoss:
    """Return the asymmetric loss (Ridnik et al., ICCV 2021).

    Args:
        task: A multi-label task.
        gamma_neg: Focusing of the negatives.
        gamma_pos: Focusing of the positives.
        clip: Probability below which a negative has loss 0.
        class_weights: As for ``bce``.
    """
    return AsymmetricLoss(gamma_neg=gamma_neg, gamma_pos=gamma_pos, clip=clip, weighing=class_weights)
