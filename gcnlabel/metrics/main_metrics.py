"""The metric of each type of task by which models are selected and heads compared, and what is shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gcnlabel.ccc import ccc
from gcnlabel.metrics.categorical import categorical_metrics, confusion_matrix
from gcnlabel.metrics.majority import majority
from gcnlabel.metrics.ranking import ranking_metrics
from gcnlabel.metrics.task_metrics import METRICS
from gcnlabel.tasks import Task, TaskSet

BESIDE = {"mean_ccc": ("mean_pearson", "mean_nrmse")}
"""Metric -> those that are shown beside it: a CCC alone does not tell ranks from scale."""


def main_metric(task: Task, scores: Tensor, targets: Tensor) -> float:
    """Return macro-F1 of classes, LRAP of tags, or the mean CCC of dimensions that are observed at least twice.

    Args:
        task: The task.
        scores: [N, labels of the task].
        targets: [N], or [N, labels of the task], that can be measured; missing ones are left out.
    """
    if task.main_metric in _ALONE:
        return _ALONE[task.main_metric](scores, targets)
    return float(METRICS.resolve(task.metrics)(task, scores, targets, None)[task.main_metric])


def is_measurable(task: Task, targets: Tensor) -> bool:
    """Return whether targets tell anything of scores: one class or tag, or two values of a dimension."""
    observed = majority(targets)[:, None] >= 0 if task.exclusive else ~torch.isnan(targets)
    return bool((observed.sum(0) >= task.min_samples).any())


def mean_main_metric(tasks: TaskSet, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    """Return the mean of the main metrics of the tasks that can be measured, 0 where none can."""
    there = [task for task in tasks if is_measurable(task, targets[task.name])]
    return sum(main_metric(task, scores[task.name], targets[task.name]) for task in there) / max(len(there), 1)


def mean_of_main(tasks: TaskSet, measured: Mapping[str, float]) -> float:
    """Return the same mean, of metrics ``task/metric`` that are measured already.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> tags, film = MultiLabel("tags", ["cat", "dog"]), MultiLabel("film", ["western"])
        >>> mean_of_main(TaskSet([tags, film]), {"tags/lrap": 0.5, "tags/mAP": 0.9})  # nothing is known of films
        0.5
    """
    names = [f"{task.name}/{task.main_metric}" for task in tasks]
    values = [measured[name] for name in names if name in measured]
    return sum(values) / max(len(values), 1)


def _macro_f1(scores: Tensor, targets: Tensor) -> float:
    confusion = confusion_matrix(scores, targets)
    return float(categorical_metrics(confusion, tuple(map(str, range(len(confusion)))))["macro_f1"])


def _lrap(scores: Tensor, targets: Tensor) -> float:
    return ranking_metrics(scores.double(), targets == 1, ~torch.isnan(targets))["lrap"]


def _mean_ccc(scores: Tensor, targets: Tensor) -> float:
    return float(ccc(scores.double(), targets.double())[(~torch.isnan(targets)).sum(0) >= 2].mean())


_ALONE: Mapping[str, Callable[[Tensor, Tensor], float]] = {"macro_f1": _macro_f1, "lrap": _lrap, "mean_ccc": _mean_ccc}
"""Metrics that are measured without the others of their task, for speed."""
