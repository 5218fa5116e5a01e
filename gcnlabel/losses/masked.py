"""Losses of one task. Missing targets are left out; a task without any adds 0."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gcnlabel.ccc import ccc
from gcnlabel.distributed import sum_over_processes
from gcnlabel.losses.indices import class_indices


class TaskLoss(nn.Module):
    """``loss(scores, targets) -> scalar``: of what is observed, 0 where nothing is.

    When several processes train together, it is the loss of the samples of all of them, so that the gradient is that of
    one process with the same samples.

    Attributes:
        takes: What a target may be, in words.
        of_dimensions: Whether it compares values of continuous dimensions.
    """

    takes = "finite numbers, or NaN where missing"
    of_dimensions = False

    @abstractmethod
    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the loss of a batch.

        Args:
            scores: [B, labels of the task].
            targets: Class indices [B], -1 or NaN = missing; or [B, labels of the task], NaN = missing, which are shares
                for a categorical task.
        """

    def target_shapes(self, scores: torch.Size) -> tuple[torch.Size, ...]:
        """Return the shapes that targets of scores of a shape may have."""
        return (scores,)

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which targets this loss cannot take, of their shape."""
        return targets.isinf()


class MeanLoss(TaskLoss):
    """A loss that is a weighted mean over what is observed."""

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the weighted mean."""
        seen = targets >= 0 if targets.dim() == 1 else ~torch.isnan(targets)
        total, weight = sum_over_processes(torch.stack(self.sums(scores, targets, seen)))
        return total / torch.where(weight > 0, weight, 1).detach()  # zero, with zero gradients, where nothing is seen

    @abstractmethod
    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum of the weighted losses of what is observed, and the sum of the weights."""


class CrossEntropy(MeanLoss):
    """Weighted cross-entropy (Emotion-GCN, Eq. 8): the weighted mean of ``-log softmax(scores)[class]``.

    Of shares p of the classes it is ``-sum_c w_c p_c log softmax(scores)[c]``, over the sum of the ``w_c p_c``.

    Args:
        class_weights: Weight of each class [classes], or None for equal weights.
    """

    class_weights: Tensor | None
    takes = "the index of a class, or -1 or NaN where missing; or shares of the classes that sum to 1, or NaN"

    def __init__(self, class_weights: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("class_weights", class_weights, persistent=False)

    def target_shapes(self, scores: torch.Size) -> tuple[torch.Size, ...]:
        """Return [B], of indices, and [B, classes], of shares."""
        return scores[:1], scores

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which are neither -1 nor the index of a class, or no shares."""
        if targets.dim() == 2:
            return (targets < 0) | ((targets.sum(1) - 1).abs() > 1e-4)[:, None]
        indices = class_indices(targets)
        return (indices < -1) | (indices >= scores.shape[1]) | (~targets.isnan() & (indices != targets))

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted losses and weights of the observed samples."""
        weights = None if self.class_weights is None else self.class_weights.to(scores.dtype)
        if targets.dim() == 2:
            shares = torch.where(seen, targets, 0).to(scores.dtype)
            shares = shares if weights is None else shares * weights
            return -(shares * F.log_softmax(scores, dim=1)).sum(), shares.sum()
        known = torch.where(seen, class_indices(targets), 0)
        losses = F.cross_entropy(scores, known, weights, reduction="none")
        weight = seen.to(losses.dtype) if weights is None else torch.where(seen, weights[known], 0)
        return torch.where(seen, losses, 0).sum(), weight.sum()


class TagLoss(MeanLoss):
    """A loss of tags, each there or not: the mean over observed tags of its loss times its weight.

    A tag that is there weighs ``class_weights[tag, 1]``, one that is absent ``class_weights[tag, 0]``. Where the mean
    weight over the training samples is 1, this estimates without bias the loss of samples repeated as often as the
    weights say, however few of a rare tag a batch holds; dividing by the weights of the batch would not.

    Args:
        class_weights: Weights of absent and present tags [labels, 2], or None for 1.
    """

    class_weights: Tensor | None
    takes = "0, 1 or a probability between, or NaN where missing"

    def __init__(self, class_weights: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("class_weights", class_weights, persistent=False)

    def invalid(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which lie outside 0..1."""
        return (targets < 0) | (targets > 1)

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted losses and number of observed tags."""
        known = torch.where(seen, targets, 0).to(scores.dtype)
        absent, present = 1 - known, known
        if self.class_weights is not None:
            weights = self.class_weights.to(scores.dtype)
            absent, present = absent * weights[:, 0], present * weights[:, 1]
        total = torch.where(seen, self.of_shares(scores, absent, present), 0).sum()
        return total, _count(seen, total)

    @abstractmethod
    def of_shares(self, scores: Tensor, absent: Tensor, present: Tensor) -> Tensor:
        """Return the loss of each score, of a tag that counts so much as absent and as present, all [B, labels]."""


class BinaryCrossEntropy(TagLoss):
    """Binary cross-entropy with logits, the weighted mean over observed tags; see :class:`TagLoss`."""

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
        clip: Margin below which a negative is easy enough to lose nothing.
    """

    def __init__(
        self,
        class_weights: Tensor | None = None,
        *,
        gamma_neg: float = 4.0,
        gamma_pos: float = 1.0,
        clip: float = 0.05,
    ) -> None:
        super().__init__(class_weights)
        self.gamma_neg = gamma_neg
        self.gamma_pos = gamma_pos
        self.clip = clip

    def of_shares(self, scores: Tensor, absent: Tensor, present: Tensor) -> Tensor:
        """Return the weighted losses as positives and as negatives."""
        q = torch.sigmoid(scores)
        shifted = (q - self.clip).clamp(min=0)
        positive = -((1 - q) ** self.gamma_pos) * F.logsigmoid(scores)
        negative = -(shifted**self.gamma_neg) * torch.log1p(-shifted)
        return present * positive + absent * negative


class MSELoss(MeanLoss):
    """Mean squared error over observed values."""

    of_dimensions = True

    def sums(self, scores: Tensor, targets: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the squared errors and number of observed values."""
        known = torch.where(seen, targets, 0).to(scores.dtype)
        total = torch.where(seen, (scores - known).square(), 0).sum()
        return total, _count(seen, total)


class CCCLoss(TaskLoss):
    """``1 - mean over dimensions of CCC`` (Emotion-GCN, Eq. 12).

    A dimension with fewer than 2 observed values in the batch, of all processes together, adds nothing.
    """

    of_dimensions = True

    def forward(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return the mean over the dimensions that have at least 2 observed values."""
        loss = 1 - ccc(scores, targets, sum_over_processes)
        enough = sum_over_processes((~torch.isnan(targets)).sum(0)) >= 2
        return torch.where(enough, loss, 0).sum() / enough.sum().clamp(min=1)


def _count(seen: Tensor, like: Tensor) -> Tensor:
    return seen.sum().to(like.dtype)
