"""The one metric of each type of task by which members are selected and heads compared."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from gcnlabel.ccc import ccc
from gcnlabel.metrics.categorical import categorical_metrics, confusion_matrix
from gcnlabel.metrics.majority import majority
from gcnlabel.metrics.ranking import ranking_metrics
from gcnlabel.tasks import Categorical, MultiLabel, Task, TaskSet

MAIN = {"categorical": "macro_f1", "multilabel": "lrap", "dimensional": "mean_ccc"}
"""Type of task -> its metric, as ``evaluation.json`` names it."""


def main_metric(task: Task, scores: Tensor, targets: Tensor) -> float:
    """Return macro-F1 of classes, LRAP of tags, or the mean CCC of dimensions that are observed at least twice.

    Args:
        task: The task.
        scores: [N, labels of the task].
        targets: [N], or [N, labels of the task], that can be measured; missing ones are left out.
    """
    if isinstance(task, Categorical):
        return float(categorical_metrics(confusion_matrix(scores, targets), task.classes)["macro_f1"])
    seen = ~torch.isnan(targets)
    if isinstance(task, MultiLabel):
        return ranking_metrics(scores.double(), targets == 1, seen)["lrap"]
    return float(ccc(scores.double(), targets.double())[seen.sum(0) >= 2].mean())


def is_measurable(task: Task, targets: Tensor) -> bool:
    """Return whether targets tell anything of scores: one class or tag, or two values of a dimension."""
    if isinstance(task, Categorical):
        return bool((majority(targets) >= 0).any())
    observed = (~torch.isnan(targets)).sum(0)
    return bool((observed >= (1 if isinstance(task, MultiLabel) else 2)).any())


def mean_main_metric(tasks: TaskSet, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    """Return the mean of the main metrics of the tasks that can be measured, 0 where none can."""
    there = [task for task in tasks if is_measurable(task, targets[task.name])]
    return sum(main_metric(task, scores[task.name], targets[task.name]) for task in there) / max(len(there), 1)
