"""The loss of classes."""

from __future__ import annotations

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from gcnlabel.losses.class_weights import Given, weights_of_classes
from gcnlabel.losses.indices import class_indices
from gcnlabel.losses.task_loss import LOSSES, Focus, WeighedLoss
from gcnlabel.settings import ClassWeights
from gcnlabel.tasks import Task

Smoothing = Annotated[float, Field(ge=0, lt=1)]


class CrossEntropy(WeighedLoss):
    """Weighted cross-entropy (Emotion-GCN, Eq. 8): the weighted mean of ``-log softmax(scores)[class]``.

    Of shares p of the classes it is ``-sum_c w_c p_c log softmax(scores)[c]``, over the sum of the ``w_c p_c``.

    Args:
        class_weights: Weight of each class [classes], or None for equal weights.
        weighing: What :meth:`fit` makes the weights of: true for f_min / f_i (Eq. 9), the beta of weights by effective
            numbers, or class -> weight; false for none.
        smoothing: Share of the target that is spread over all classes alike, as PyTorch's ``label_smoothing``.
        gamma: Focusing: each term is times ``(1 - softmax(scores)[c])^gamma`` (focal loss, Lin et al., ICCV 2017).
    """

    weights_of = staticmethod(weights_of_classes)
    takes = "the index of a class, or -1 or NaN where missing; or shares of the classes that sum to 1, or NaN"

    def __init__(
        self,
        class_weights: Tensor | None = None,
        *,
        weighing: Given = False,
        smoothing: float = 0.0,
        gamma: float = 0.0,
    ) -> None:
        super().__init__(class_weights, weighing=weighing)
        self.smoothing, self.gamma = smoothing, gamma

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
        if targets.dim() == 2 or self.gamma:
            return self._of_shares(scores, _shares(targets, seen, scores), weights)
        known = torch.where(seen, class_indices(targets), 0)
        losses = F.cross_entropy(scores, known, weights, reduction="none", label_smoothing=self.smoothing)
        weight = seen.to(losses.dtype) if weights is None else torch.where(seen, weights[known], 0)
        return torch.where(seen, losses, 0).sum(), weight.sum()

    def _of_shares(self, scores: Tensor, shares: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the same for shares of the classes [B, classes], 0 where nothing is observed."""
        weight = shares if weights is None else shares * weights
        spread = (1 - self.smoothing) * shares + self.smoothing * shares.sum(1, keepdim=True) / shares.shape[1]
        spread = spread if weights is None else spread * weights
        logs = F.log_softmax(scores, dim=1)
        if self.gamma:
            rest = (1 - logs.exp()).clamp(min=torch.finfo(logs.dtype).eps)  # at 0 the slope of a root is infinite
            spread = spread * rest**self.gamma
        return -(spread * logs).sum(), weight.sum()


def _shares(targets: Tensor, seen: Tensor, scores: Tensor) -> Tensor:
    """Return the shares of the classes [B, classes], 0 where nothing is observed."""
    if targets.dim() == 2:
        return torch.where(seen, targets, 0).to(scores.dtype)
    known = torch.where(seen, class_indices(targets), 0)
    return F.one_hot(known, scores.shape[1]).to(scores.dtype) * seen[:, None]


@LOSSES.register("cross_entropy", suits="classes")
def cross_entropy(
    task: Task, *, class_weights: ClassWeights = False, smoothing: Smoothing = 0.0, gamma: Focus = 0.0
) -> CrossEntropy:
    """Return cross-entropy, against classes or shares of annotators.

    Args:
        task: A categorical task.
        class_weights: True for weights f_min / f_i of the training split (Emotion-GCN, Eq. 8 and 9); a number for
            weights by effective numbers with that beta, e.g. 0.999 (Cui et al., CVPR 2019); or class -> weight, 1 for
            those left out.
        smoothing: Share of the target that is spread over all classes alike (label smoothing).
        gamma: Focusing on samples that are hard (focal loss, Lin et al., ICCV 2017); 0 for none.
    """
    return CrossEntropy(weighing=class_weights, smoothing=smoothing, gamma=gamma)
