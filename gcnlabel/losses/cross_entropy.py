"""The loss of classes."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.losses.class_weights import weights_of_classes
from gcnlabel.losses.indices import class_indices
from gcnlabel.losses.task_loss import LOSSES, WeighedLoss
from gcnlabel.settings import ClassWeights
from gcnlabel.tasks import Task


class CrossEntropy(WeighedLoss):
    """Weighted cross-entropy (Emotion-GCN, Eq. 8): the weighted mean of ``-log softmax(scores)[class]``.

    Of shares p of the classes it is ``-sum_c w_c p_c log softmax(scores)[c]``, over the sum of the ``w_c p_c``.

    Args:
        class_weights: Weight of each class [classes], or None for equal weights.
        weighing: What :meth:`fit` makes the weights of: true for f_min / f_i (Eq. 9), or class -> weight; false for
            none.
    """

    weights_of = staticmethod(weights_of_classes)
    takes = "the index of a class, or -1 or NaN where missing; or shares of the classes that sum to 1, or NaN"

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


@LOSSES.register("cross_entropy", suits="classes")
def cross_entropy(task: Task, *, class_weights: ClassWeights = False) -> CrossEntropy:
    """Return cross-entropy, against classes or shares of annotators.

    Args:
        task: A categorical task.
        class_weights: True for weights f_min / f_i of the training split (Emotion-GCN, Eq. 8 and 9); or class ->
            weight, 1 for those left out.
    """
    return CrossEntropy(weighing=class_weights)
