"""Label budgets: a share of the training samples, or few annotated samples of one task."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.tasks import Task


@dataclass(frozen=True)
class LabelBudget:
    """A label budget.

    Attributes:
        share: Share of the training samples to keep, in (0, 1].
        task: Task with few annotated samples, or None.
        samples: Number of these samples, drawn separately for each dimension, or together for all classes or tags.
        held_out: Whether the held-out split is part of the budget: the same share of it is kept; or a fifth of the
            samples of a task (at least 2), so that the training split has the others.

    Raises:
        InputError: The share is outside (0, 1], or a task has no samples (with held-out ones, fewer than 3).

    Example:
        >>> str(LabelBudget(0.05)), str(LabelBudget(task="affect", samples=10))
        ('5% of the samples', 'affect on 10 samples')
    """

    share: float = 1.0
    task: str | None = None
    samples: int = 0
    held_out: bool = False

    def __post_init__(self) -> None:
        """Check share and number."""
        if not 0 < self.share <= 1:
            raise InputError(f"{self.share:g} of the samples", expected="a share in (0, 1]")
        least = 1 + 2 * self.held_out
        if self.task is not None and self.samples < least:
            raise InputError(str(self), expected=f"at least {least}")

    def __str__(self) -> str:
        """Return its name in tables."""
        within = ", held-out ones among them" if self.held_out else ""
        if self.task is None:
            return f"{100 * self.share:g}% of the samples{within}"
        return f"{self.task} on {self.samples} samples{within}"

    def subsample(self, data: RunData, seed: int) -> RunData:
        """Return the data with a random subsample of the training split.

        Raises:
            InputError: Fewer than 2 samples would be left, or the task is unknown.
        """
        draw, parts = np.random.default_rng(seed), dict(data.parts)
        for name in ("train", "val") if self.held_out else ("train",):
            parts[name] = self._part(parts[name], data, name, draw)
        return replace(data, parts=parts)

    def _part(self, part: SampleSet, data: RunData, name: str, draw: np.random.Generator) -> SampleSet:
        if self.task is not None:
            return SampleSet(_few(part.annotations, data.tasks[self.task], self._count(name), draw), part.inputs)
        size = round(self.share * len(part.annotations))
        size = size if name == "train" else max(size, 2)
        if size < 2:
            raise InputError(f"{self.share:g} of {len(part.annotations)} samples", expected="at least 2 samples")
        if size >= len(part.annotations):
            return part
        return part.select(np.sort(draw.permutation(len(part.annotations))[:size]))

    def _count(self, name: str) -> int:
        """Return the number of annotated samples of the task in a split."""
        held = max(2, round(self.samples / 5)) if self.held_out else 0
        return held if name == "val" else self.samples - held


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
