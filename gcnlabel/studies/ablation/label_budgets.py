"""Label budgets: how much of the training split is annotated, a share of the samples, or one task on a few of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.run.data import Part, RunData
from gcnlabel.tasks import Task


@dataclass(frozen=True)
class LabelBudget:
    """A label budget.

    Attributes:
        share: Share of the training samples that is kept, in (0, 1].
        task: Task that is annotated on few samples, or None.
        samples: Number of these samples: drawn for each dimension on its own, once for all classes or tags.

    Raises:
        InputError: The share is outside (0, 1], or there are no samples of a task.

    Example:
        >>> str(LabelBudget(0.05)), str(LabelBudget(task="affect", samples=10))
        ('5% of the samples', 'affect on 10 samples')
    """

    share: float = 1.0
    task: str | None = None
    samples: int = 0

    def __post_init__(self) -> None:
        """Check share and number."""
        if not 0 < self.share <= 1:
            raise InputError(f"{self.share:g} of the samples", expected="a share in (0, 1]")
        if self.task is not None and self.samples < 1:
            raise InputError(str(self), expected="at least 1")

    def __str__(self) -> str:
        """Return its name in tables."""
        if self.task is None:
            return f"{100 * self.share:g}% of the samples"
        return f"{self.task} on {self.samples} samples"

    def subsample(self, data: RunData, seed: int) -> RunData:
        """Return the data with a subsample of the training split, drawn by a seed.

        Raises:
            InputError: Fewer than 2 samples would be left, or there is no such task.
        """
        train, draw = data.parts["train"], np.random.default_rng(seed)
        if self.task is None:
            size = round(self.share * len(train.annotations))
            if size < 2:
                raise InputError(f"{self.share:g} of {len(train.annotations)} samples", expected="at least 2 samples")
            if size == len(train.annotations):
                return data
            rows = np.sort(draw.permutation(len(train.annotations))[:size])
            subsample = train.select(rows)
        else:
            subsample = Part(_few(train.annotations, data.tasks[self.task], self.samples, draw), train.inputs)
        return replace(data, parts={**data.parts, "train": subsample})


def _few(annotations: Annotations, task: Task, samples: int, draw: np.random.Generator) -> Annotations:
    """Return annotations in which a task is annotated on at most ``samples`` samples."""
    seen = ~np.isnan(annotations.indicators(task.name))  # [N, labels]
    kept = np.zeros_like(seen)
    columns = [list(range(seen.shape[1]))] if task.discrete else [[j] for j in range(seen.shape[1])]
    for column in columns:
        rows = np.flatnonzero(seen[:, column].any(1))
        chosen = draw.choice(rows, min(samples, len(rows)), replace=False)
        kept[chosen[:, None], column] = True
    target = task.masked(annotations.targets[task.name], kept)
    return replace(annotations, targets={**annotations.targets, task.name: target})
