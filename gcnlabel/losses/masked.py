"""Losses of one task. Missing targets are left out; a task without any adds 0."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gcnlabel.ccc import ccc


class TaskLoss(nn.Module):
    """``loss(scores, targets) -> scalar``: the mean over what is observed, 0 where nothing is."""

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of a batch.

        Args:
            scores: [B, labels of the task].
            targets: Class indices [B], -1 = missing; or [B, labels of the task], NaN = missing.
        """
        seen = targets >= 0 if targets.dim() == 1 else ~torch.isnan(targets)
        if not seen.any():
            return (scores * 0).sum()  # zero, with a zero gradient to everything before it
        return self.observed(scores, targets, seen)

    @abstractmethod
    def observed(self, scores: Tensor, targets: Tensor, seen: Tensor) -> Tensor:
        """Return the loss of a batch with at least one observed target."""


class CrossEntropy(TaskLoss):
    """Weighted cross-entropy (Emotion-GCN, Eq. 8): the weighted mean of ``-log softmax(scores)[class]``.

    Args:
        class_weights: Weight of each class [classes], or None for equal weights.
    """

    class_weights: Tensor | None

    def __init__(self, class_weights: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("class_weights", class_weights, persistent=False)

    def observed(self, scores: Tensor, targets: Tensor, seen: Tensor) -> Tensor:
        """Return the weighted mean over the observed samples; 0 when all their weights are 0."""
        scores, targets = scores[seen], targets[seen]
        if self.class_weights is None:
            return F.cross_entropy(scores, targets)
        weights = self.class_weights.to(scores.dtype)
        total = weights[targets].sum()
        if total == 0:
            return (scores * 0).sum()
        return F.cross_entropy(scores, targets, weights, reduction="sum") / total


class BinaryCrossEntropy(TaskLoss):
    """Binary cross-entropy with logits, the mean over observed tags.

    Args:
        pos_weight: Weight of the positives of each tag [labels], or None.
    """

    pos_weight: Tensor | None

    def __init__(self, pos_weight: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("pos_weight", pos_weight, persistent=False)

    def observed(self, scores: Tensor, targets: Tensor, seen: Tensor) -> Tensor:
        """Return the mean over observed tags."""
        known = torch.where(seen, targets, 0).to(scores.dtype)
        losses = F.binary_cross_entropy_with_logits(scores, known, pos_weight=self.pos_weight, reduction="none")
        return losses[seen].mean()


class AsymmetricLoss(TaskLoss):
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

    def observed(self, scores: Tensor, targets: Tensor, seen: Tensor) -> Tensor:
        """Return the mean over observed tags."""
        scores, targets = scores[seen], targets[seen].to(scores.dtype)
        q = torch.sigmoid(scores)
        shifted = (q - self.clip).clamp(min=0)
        positive = -((1 - q) ** self.gamma_pos) * F.logsigmoid(scores)
        negative = -(shifted**self.gamma_neg) * torch.log1p(-shifted)
        return (targets * positive + (1 - targets) * negative).mean()


class MSELoss(TaskLoss):
    """Mean squared error over observed values."""

    def observed(self, scores: Tensor, targets: Tensor, seen: Tensor) -> Tensor:
        """Return the mean over observed values."""
        return F.mse_loss(scores[seen], targets[seen].to(scores.dtype))


class CCCLoss(TaskLoss):
    """``1 - mean over dimensions of CCC`` (Emotion-GCN, Eq. 12).

    A dimension with fewer than 2 observed values in the batch adds nothing.
    """

    def observed(self, scores: Tensor, targets: Tensor, seen: Tensor) -> Tensor:
        """Return the mean over the dimensions that have at least 2 observed values."""
        enough = seen.sum(0) >= 2
        if not enough.any():
            return (scores * 0).sum()
        return (1 - ccc(scores, targets))[enough].mean()
