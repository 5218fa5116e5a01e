"""Scores of base models, and the weights of their combination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gcnlabel.nn.heads.ensemble import with_stacked
from gcnlabel.tasks import TaskSet

Scores = Mapping[str, Tensor]


@dataclass(frozen=True)
class Evidence:
    """Scores of base models and targets of some samples.

    Attributes:
        scores: Base model -> task -> scores [N, labels]; dimensions are in standard units.
        targets: Task -> targets of the same samples; dimensions are in standard units, NaN where not annotated.
    """

    scores: Mapping[str, Scores]
    targets: Scores


@dataclass(frozen=True)
class Combination:
    """An ensemble's buffers, see :class:`gcnlabel.nn.heads.EnsembleHead`, with weights and performance of base models.

    Attributes:
        mix: Weight of each base model for each label, [M, L].
        stacked: Coefficients of the stacking regressions, [dimensions, labels of classes and tags].
        offset: Constant of each label, [L].
        weights: Task -> base model or ``stacking`` -> its weight.
        values: Task -> base model, ``stacking`` or ``ensemble`` -> its value on held-out samples, higher is better: CCC
            or negative mean squared error of dimensions, negative loss of classes and tags.
    """

    mix: Tensor
    stacked: Tensor
    offset: Tensor
    weights: dict[str, dict[str, float]] = field(default_factory=dict)
    values: dict[str, dict[str, float]] = field(default_factory=dict)

    def scores(self, tasks: TaskSet, scores: Mapping[str, Scores]) -> dict[str, Tensor]:
        """Return the ensemble's scores of each task from those of its base models, in standard units."""
        each = torch.stack([torch.cat([of[task.name] for task in tasks], 1) for of in scores.values()])
        discrete = torch.tensor([task.discrete for task in tasks for _ in task.labels])
        mixed = torch.einsum("mbl,ml->bl", each, self.mix) + self.offset
        found = with_stacked(mixed, self.stacked, discrete.nonzero()[:, 0], (~discrete).nonzero()[:, 0])
        return dict(zip(tasks.names, found.split([len(task) for task in tasks], 1), strict=True))
