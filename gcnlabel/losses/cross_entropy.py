"""Cross-entropy of classes."""

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

    For class distributions p it is ``-sum_c w_c p_c log softmax(scores)[c]``, divided by the sum of the ``w_c p_c``.

    Args:
        class_weights: Weight of each class [classes], or None for equal weights.
        weighing: Setting from which :meth:`fit` computes the weights: true for f_min / f_i (Eq. 9), beta of weights by
            effective numbers, or class -> weight; false for equal weights.
        smoothing: Share of the target that is spread evenly over all classes, as PyTorch's ``label_smoothing``.
        gamma: Focusing: multiplies each term by ``(1 - softmax(scores)[c])^gamma`` (focal loss, Lin et al., ICCV 2017).
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
        """Return which targets are neither -1 nor a class index, or no distribution, bool, of their shape."""
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
        """Return the same as :meth:`sums` for class distributions [B, classes], 0 in rows that are not observed."""
        weight = shares if weights is None else shares * weights
        spread = (1 - self.smoothing) * shares + self.smoothing * shares.sum(1, keepdim=True) / shares.shape[1]
        spread = spread if weights is None else spread * weights
        logs = F.log_softmax(scores, dim=1)
        if self.gamma:
            rest = (1 - logs.exp()).clamp(
                min=torch.finfo(logs.dtype).eps
            )  # for gamma < 1 the gradient at 0 is infinite
            spread = spread * rest**self.gamma
        return -(spread * logs).sum(), weight.sum()


def _shares(targets: Tensor, seen: Tensor, scores: Tensor) -> Tensor:
    """Return class distributions [B, classes], 0 in rows that are not observed."""
    if targets.dim() == 2:
        return torch.where(seen, targets, 0).to(scores.dtype)
    known = torch.where(seen, class_indices(targets), 0)
    return F.one_hot(known, scores.shape[1]).to(scores.dtype) * seen[:, None]


@LOSSES.register("cross_entropy", suits="classes")
def cross_entropy(
    task: Task, *, class_weights: ClassWeights = False, smoothing: Smoothing = 0.0, gamma: Focus = 0.0
) -> CrossEntropy:
    """Return cross-entropy for classes or class distributions (shares of annotators).

    Args:
        task: A categorical task.
        class_weights: True for weights f_min / f_i of the training split (Emotion-GCN, Eq. 8 and 9); a number for
            weights by effective numbers with that beta, e.g. 0.999 (Cui et al., CVPR 2019); or class -> weight, 1 for
            classes that are left out.
        smoothing: Share of the target that is spread evenly over all classes (label smoothing).
        gamma: Focusing parameter for hard samples (focal loss, Lin et al., ICCV 2017); 0 for none.
    """
    return CrossEntropy(weighing=class_weights, smoothing=smoothing, gamma=gamma)
