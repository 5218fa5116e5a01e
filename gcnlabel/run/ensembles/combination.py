"""What base models say, and how their scores are combined."""

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
    """What base models say of some samples.

    Attributes:
        scores: Base model -> task -> scores [N, labels], those of dimensions in standard units.
        targets: Task -> targets of the same samples, those of dimensions in standard units, NaN where not annotated.
    """

    scores: Mapping[str, Scores]
    targets: Scores


@dataclass(frozen=True)
class Combination:
    """An ensemble's buffers, see :class:`gcnlabel.nn.heads.EnsembleHead`, and why they are what they are.

    Attributes:
        mix: [M, L].
        stacked: [dimensions, labels of classes and tags].
        offset: [L].
        weights: Task -> base model, or ``stacking`` -> its weight.
        values: Task -> base model, ``stacking`` or ``ensemble`` -> its value on held-out samples, the higher the
            better: the CCC or the negative mean squared error of dimensions, the negative loss of classes and tags.
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
