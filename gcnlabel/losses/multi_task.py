"""The total loss over tasks."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError, shorten
from gcnlabel.losses.checks import check_targets
from gcnlabel.losses.task_loss import TaskLoss
from gcnlabel.losses.weighting import FixedWeights, Weighting, effective_weights
from gcnlabel.units import Units

HALF = (torch.bfloat16, torch.float16)
"""Dtypes that are cast to float32 before losses are computed, for the precision of sums over a batch."""

DIMENSION_WEIGHT = 0.1
"""Default weight of dimensions together with classes or tags; measured by ``benchmarks/dimension_weights.py``."""


def default_weights(losses: Mapping[str, TaskLoss]) -> dict[str, float]:
    """Return the default weight of each task's loss: 0.1 for dimensions together with classes or tags, else 1.

    Args:
        losses: Loss of each task.

    Example:
        >>> from gcnlabel.losses import BinaryCrossEntropy, CCCLoss
        >>> default_weights({"affect": CCCLoss(), "tags": BinaryCrossEntropy()}), default_weights({"affect": CCCLoss()})
        ({'affect': 0.1, 'tags': 1.0}, {'affect': 1.0})
    """
    mixed = len({loss.of_dimensions for loss in losses.values()}) == 2
    return {name: DIMENSION_WEIGHT if mixed and loss.of_dimensions else 1.0 for name, loss in losses.items()}


class MultiTaskLoss(nn.Module):
    """The total loss of all tasks (all weights are 1 in Emotion-GCN).

    Args:
        losses: Loss of each task.
        weights: Fixed weight of each task; :func:`default_weights` for tasks that are left out.
        weighting: Combines the losses times their fixed weights into a total; their sum by default.
        units: Units of the model, with which scores and targets of dimensions are converted to standard units; None to
            compare them unchanged.

    Raises:
        InputError: A weight is given for a task without a loss; or (when called) targets are invalid for their task.
    """

    def __init__(
        self,
        losses: Mapping[str, TaskLoss],
        weights: Mapping[str, float] | None = None,
        weighting: Weighting | None = None,
        units: Units | None = None,
    ) -> None:
        super().__init__()
        unknown = sorted(set(weights or {}) - set(losses))
        if unknown:
            raise InputError(f"weights for tasks without a loss: {shorten(unknown)}", expected=shorten(losses))
        self.losses = nn.ModuleDict(losses)
        self.weights = {**default_weights(losses), **{name: float(weight) for name, weight in (weights or {}).items()}}
        self.weighting = FixedWeights() if weighting is None else weighting
        self.units = copy.deepcopy(units)

    def forward(self, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the total, and the loss of each task before its weight."""
        full = {name: score.float() if score.dtype in HALF else score for name, score in scores.items()}
        check_targets(full, targets, dict(self.losses.items()))  # type: ignore[arg-type]
        if self.units is not None:
            full, targets = self.units.standardized(full), self.units.standardized(targets)
        parts: dict[str, Tensor] = {name: loss(full[name], targets[name]) for name, loss in self.losses.items()}
        return self.weighting({name: self.weights[name] * part for name, part in parts.items()}), parts

    def changing_weights(self, total: Tensor, parts: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return task -> weight of each observed task in a total; empty if the weights are fixed."""
        return {} if isinstance(self.weighting, FixedWeights) else effective_weights(total, parts)
