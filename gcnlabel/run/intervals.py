"""Bootstrap intervals of what a run reports: how far its metrics depend on which samples were evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
"""Share of the resamples inside an interval."""
RESAMPLES = 1000
"""Of a usual interval."""
Scores = Mapping[str, Tensor]


def bootstrap_intervals(
    tasks: TaskSet,
    scores: Scores,
    targets: Scores,
    *,
    thresholds: Scores | None = None,
    units: Any = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    progress: Report | None = None,
) -> dict[str, Any]:
    """Return percentile intervals of every metric (Efron and Tibshirani 1993, chapter 13).

    Samples are drawn with replacement, as many as there are; where they belong to groups, whole groups. Metrics of all
    tasks are measured on each draw. A metric that few draws define, as of a rare label, has the interval of those.

    Args:
        tasks: The tasks.
        scores: Of each task [N, labels of the task].
        targets: Of each task, as metrics take them.
        thresholds: Decision thresholds of tasks of tags [labels of the task]; they are not tuned anew on a draw.
        units: What each sample belongs to [N], as :func:`units_of` says it; None for samples that are independent.
        resamples: Number of draws.
        seed: Of the draws.
        progress: Called with the number of draws done, and of all.

    Returns:
        ``level``, ``resamples``, ``seed``, ``units`` (how many were drawn from) and ``tasks``: task -> metric -> lower
        and upper bound.

    Example:
        >>> from gcnlabel.tasks import Categorical
        >>> scores = {"c": torch.tensor([[1.0, 0.0]] * 8 + [[0.0, 1.0]] * 2)}
        >>> tasks, targets = TaskSet([Categorical("c", ["a", "b"])]), {"c": torch.zeros(10, dtype=torch.int64)}
        >>> bootstrap_intervals(tasks, scores, targets)["tasks"]["c"]["accuracy"]
        [0.5, 1.0]
    """
    found: dict[str, dict[str, list[float]]] = {task.name: {} for task in tasks}
    samples = len(next(iter(scores.values())))
    inverse = np.arange(samples) if units is None else np.unique(units, return_inverse=True)[1]
    for rows in counted(draws(inverse, resamples, seed), resamples, progress):
        for task in tasks:
            for name, value in _measured(task, scores, targets, thresholds or {}, rows).items():
                found[task.name].setdefault(name, []).append(value)
    intervals = {task: {name: _interval(values) for name, values in of.items()} for task, of in found.items()}
    said = {"level": LEVEL, "resamples": resamples, "seed": seed, "units": int(inverse.max()) + 1}
    return {**said, "tasks": intervals}


def draws(inverse: npt.NDArray[np.int64], resamples: int, seed: int) -> Iterator[Tensor]:
    """Yield the rows of each draw of units with replacement.

    Args:
        inverse: Number of the unit of each row [N], from 0.
        resamples: Number of draws.
        seed: Of the draws.

    Example:
        >>> [len(rows) for rows in draws(np.array([0, 1, 1]), 3, seed=0)]
        [4, 3, 2]
    """
    random = np.random.default_rng(seed)
    sizes = np.bincount(inverse)
    order, starts = np.argsort(inverse, kind="stable"), np.concatenate([[0], sizes.cumsum()[:-1]])
    for _ in range(resamples):
        units = random.integers(0, len(sizes), len(sizes))
        counts = sizes[units]
        ends = counts.cumsum()
        inside = np.arange(ends[-1]) - np.repeat(ends - counts, counts)  # 0, 1, .. within each drawn unit
        yield torch.from_numpy(order[np.repeat(starts[units], counts) + inside])


def units_of(annotations: Annotations) -> Any:
    """Return what samples belong to that are not independent: their groups, else their ids where some are the same."""
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
