"""Uncertainty weighting of tasks."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gcnlabel.losses.task_loss import TaskLoss
from gcnlabel.losses.weighting import WEIGHTINGS, Weighting


@WEIGHTINGS.register("uncertainty")
class UncertaintyWeighting(Weighting):
    """Uncertainty weighting (Kendall, Gal and Cipolla, CVPR 2018), with a learned ``s = log σ²`` for each task.

    ====================================================  ==========================  ================  ===============
    loss                                                  adds to the total           best s, loss L    weight at s = 0
    ====================================================  ==========================  ================  ===============
    squared error (``mse``): a Gaussian; Eq. 5 and 7      ``exp(-s) L / 2 + s / 2``   ``log L``         1/2
    cross-entropies: a softmax of scores / σ²; Eq. 10     ``exp(-s) L + s / 2``       ``log 2 L``       1
    ``asymmetric`` and ``ccc``                            ``exp(-s) L + s / 2``       ``log 2 L``       1
    ====================================================  ==========================  ================  ===============

    Eq. 10 approximates the softmax's normaliser by that of σ = 1; for a tag, the softmax is that of the scores (0,
    score). Losses are means over observed values, so that s is per value, not per sample.

    1 - CCC and the asymmetric loss are not likelihoods. The same expression is used for them as a learned scale: the
    best s makes the weight 1 / (2 L) in every row, so that the factor 1/2 of the Gaussian only shifts s by log 2.

    A loss of exactly 0 (nothing observed) adds 0 and has gradient 0 for s, which would otherwise decrease for ever.

    Args:
        losses: Loss of each task.

    Attributes:
        log_variances: s of each task, a scalar, initially 0.

    Example:
        >>> from gcnlabel.losses import MSELoss
        >>> weighting = UncertaintyWeighting({"affect": MSELoss()})
        >>> weighting({"affect": torch.tensor(3.0)})  # 3 / 2 + 0 / 2
        tensor(1.5000, grad_fn=<AddBackward0>)
    """

    def __init__(self, losses: Mapping[str, TaskLoss]) -> None:
        super().__init__()
        self.factors = {name: loss.learned_factor for name, loss in losses.items()}
        self.log_variances = nn.ParameterDict({name: nn.Parameter(torch.zeros(())) for name in losses})

    def forward(self, losses: Mapping[str, Tensor]) -> Tensor:
        """Return the sum over tasks of the column "adds to the total"."""
        parts = [self._part(name, loss) for name, loss in losses.items()]
        return sum(parts[1:], start=parts[0])

    def _part(self, name: str, loss: Tensor) -> Tensor:
        s = torch.where(loss != 0, self.log_variances[name], 0)
        return self.factors[name] * torch.exp(-s) * loss + s / 2
