"""Weights of tasks that are learned as the noise of each task."""

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

    Eq. 10 takes the softmax's normaliser as if σ were 1; for a tag, the softmax is that of the scores (0, score). The
    losses are means over what is observed, so that s belongs to one value, not to a whole sample.

    1 - CCC and the asymmetric loss are no likelihoods, and no noise explains them. They are weighed by the same
    expression, as a scale that is learned: the best s makes the weight 1 / (2 L) in every row, so that the factor 1/2
    of the Gaussian is nothing but a shift of s by log 2, and the weight starts at 1.

    A loss of exactly 0 adds 0 and gives its s the gradient 0: nothing was observed, or s would fall for ever.

    Args:
        losses: Loss of each task.

    Attributes:
        log_variances: s of each task, a scalar; 0 at first.

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
