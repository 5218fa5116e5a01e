"""Bootstrap confidence intervals of metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.annotations import Annotations
from gcnlabel.metrics import METRICS
from gcnlabel.progress import Report, counted
from gcnlabel.tasks import Task, TaskSet

LEVEL = 0.95
"""Confidence level of an interval."""
RESAMPLES = 1000
"""Default number of resamples."""
Scores = Mapping[str, Tensor]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Draws:
    """Bootstrap resamples of units, the groups of samples that are independent of each other.

    Attributes:
        resamples: Number of resamples.
        seed: Random seed.
        units: Unit of each sample [N], see :func:`units_of`; None if all samples are independent.
    """

    resamples: int = RESAMPLES
    seed: int = 0
    units: Any = None

    def __bool__(self) -> bool:
        """Return whether there are resamples."""
        return self.resamples > 0

    def of_rows(self, samples: int) -> Iterator[Tensor]:
        """Yield the rows of each resample: as many units as there are, drawn with replacement, with all their rows.

        Args:
            samples: Number of samples, N.

        Example:
            >>> [len(rows) for rows in Draws(3, units=["a", "b", "b"]).of_rows(3)]
            [4, 3, 2]
        """
        random = np.random.default_rng(self.seed)
        inverse = self._unit_of_rows(samples)
        sizes = np.bincount(inverse)
        order, starts = np.argsort(inverse, kind="stable"), np.concatenate([[0], sizes.cumsum()[:-1]])
        for _ in range(self.resamples):
            units = random.integers(0, len(sizes), len(sizes))
            counts = sizes[units]
            ends = counts.cumsum()
            inside = np.arange(ends[-1]) - np.repeat(ends - counts, counts)  # 0, 1, .. within each drawn unit
            yield torch.from_numpy(order[np.repeat(starts[units], counts) + inside])

    def described(self, samples: int) -> dict[str, int]:
        """Return number of resamples, seed and number of units."""
        units = int(self._unit_of_rows(samples).max(initial=-1)) + 1
        return {"resamples": self.resamples, "seed": self.seed, "units": units}

    def _unit_of_rows(self, samples: int) -> Rows:
        if self.units is None:
            return np.arange(samples)
        found: Rows = np.unique(self.units, return_inverse=True)[1]
        return found


def bootstrap_intervals(
    tasks: TaskSet,
    scores: Scores,
    targets: Scores,
    draws: Draws,
    thresholds: Scores | None = None,
    progress: Report | None = None,
) -> dict[str, Any]:
    """Return percentile intervals of every metric (Efron and Tibshirani 1993, chapter 13).

    Metrics of all tasks are computed on each resample; resamples on which a metric is undefined (e.g. without a rare
    label) are left out of its interval.

    Args:
        tasks: The tasks.
        scores: Scores of each task [N, labels of the task].
        targets: Targets of each task, as for its metrics.
        draws: The resamples.
        thresholds: Decision thresholds of tasks of tags [labels of the task]; not tuned on the resamples.
        progress: Called with the number of finished resamples, and of all.

    Returns:
        ``level``, ``resamples``, ``seed``, ``units`` (number of units) and ``tasks``: task -> metric -> lower and upper
        bound.

    Example:
        >>> from gcnlabel.tasks import Categorical
        >>> scores = {"c": torch.tensor([[1.0, 0.0]] * 8 + [[0.0, 1.0]] * 2)}
        >>> tasks, targets = TaskSet([Categorical("c", ["a", "b"])]), {"c": torch.zeros(10, dtype=torch.int64)}
        >>> bootstrap_intervals(tasks, scores, targets, Draws())["tasks"]["c"]["accuracy"]
        [0.5, 1.0]
    """
    found: dict[str, dict[str, list[float]]] = {task.name: {} for task in tasks}
    samples = len(next(iter(scores.values())))
    for rows in counted(draws.of_rows(samples), draws.resamples, progress):
        for task in tasks:
            for name, value in _measured(task, scores, targets, thresholds or {}, rows).items():
                found[task.name].setdefault(name, []).append(value)
    intervals = {task: {name: _interval(values) for name, values in of.items()} for task, of in found.items()}
    return {"level": LEVEL, **draws.described(samples), "tasks": intervals}


def units_of(annotations: Annotations) -> Any:
    """Return the units of dependent samples: their groups, else their ids if some are equal, else None."""
    if annotations.groups is not None:
        return annotations.groups
    ids = annotations.ids
    return ids if ids is not None and len(np.unique(ids)) < len(ids) else None


def _measured(task: Task, scores: Scores, targets: Scores, thresholds: Scores, rows: Tensor) -> dict[str, float]:
    own = scores[task.name][rows], targets[task.name][rows], thresholds.get(task.name)
    values = METRICS.resolve(task.metrics)(task, *own)
    return {name: value for name, value in values.items() if isinstance(value, float)}


def _interval(values: list[float]) -> list[float]:
    tail = (1 - LEVEL) / 2
    return [float(bound) for bound in np.quantile(values, [tail, 1 - tail])]
