"""Metrics of a task, accumulated over a data set."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor
from torchmetrics import Metric
from torchmetrics.utilities import dim_zero_cat

from gcnlabel.metrics.categorical import categorical_metrics, confusion_matrix
from gcnlabel.metrics.dimensional import dimensional_metrics
from gcnlabel.metrics.majority import ties
from gcnlabel.metrics.multilabel import multilabel_metrics
from gcnlabel.registry import Registry
from gcnlabel.tasks import Task

METRICS = Registry("metrics of a task type", "gcnlabel.metrics")
"""Name -> ``(task, scores, targets, thresholds) -> {name: value}``; :attr:`Task.metrics` names one."""


class TaskMetrics(Metric):
    """A ``torchmetrics.Metric`` that collects scores and targets of a task and computes its metrics over all of them.

    Args:
        task: The task.
        thresholds: Decision thresholds of a multi-label task [labels]; 0 when None.
        options: Options of any torchmetrics metric, e.g. ``sync_on_compute=False`` if one process has all samples.
    """

    full_state_update = False
    scores: list[Tensor]
    targets: list[Tensor]

    def __init__(self, task: Task, thresholds: Tensor | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.task = task
        self.thresholds = thresholds
        self.add_state("scores", default=[], dist_reduce_fx="cat")
        self.add_state("targets", default=[], dist_reduce_fx="cat")

    def update(self, scores: Tensor, targets: Tensor) -> None:
        """Add a batch: scores [B, labels of the task] and its targets."""
        self.scores.append(scores.detach())
        self.targets.append(targets)

    def compute(self) -> dict[str, Any]:
        """Return name -> value; ``absent`` and ``undefined`` list labels that could not be measured."""
        scores, targets = dim_zero_cat(self.scores), dim_zero_cat(self.targets)
        found: dict[str, Any] = METRICS.resolve(self.task.metrics)(self.task, scores, targets, self.thresholds)
        return found


@METRICS.register("classes")
def _of_classes(task: Task, scores: Tensor, targets: Tensor, thresholds: Tensor | None) -> dict[str, Any]:
    tied = {"ties": ties(targets)} if ties(targets) else {}
    return categorical_metrics(confusion_matrix(scores, targets), task.labels) | tied


@METRICS.register("tags")
def _of_tags(task: Task, scores: Tensor, targets: Tensor, thresholds: Tensor | None) -> dict[str, Any]:
    return multilabel_metrics(scores, targets, task.labels, thresholds, unknown=task.unknown)


@METRICS.register("values")
def _of_values(task: Task, scores: Tensor, targets: Tensor, thresholds: Tensor | None) -> dict[str, Any]:
    bounds = task.bounds if all(map(math.isfinite, task.bounds)) else None
    return dimensional_metrics(scores, targets, task.labels, bounds)
