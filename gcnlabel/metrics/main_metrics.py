"""Main metric of each type of task, by which epochs are selected and heads compared."""

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
"""Main metric -> further metrics to show with it: CCC does not distinguish errors of rank from errors of scale."""


def main_metric(task: Task, scores: Tensor, targets: Tensor) -> float:
    """Return macro-F1 of classes, LRAP of tags, or the mean CCC of dimensions that are observed at least twice.

    Args:
        task: The task.
        scores: [N, labels of the task].
        targets: [N] or [N, labels of the task], for which :func:`is_measurable` is true; missing ones are left out.
    """
    if task.main_metric in _ALONE:
        return _ALONE[task.main_metric](scores, targets)
    return float(METRICS.resolve(task.metrics)(task, scores, targets, None)[task.main_metric])


def is_measurable(task: Task, targets: Tensor) -> bool:
    """Return whether the main metric is defined: one observed class or tag, or two values of a dimension."""
    observed = majority(targets)[:, None] >= 0 if task.exclusive else ~torch.isnan(targets)
    return bool((observed.sum(0) >= task.min_samples).any())


def mean_main_metric(tasks: TaskSet, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    """Return the mean of the main metrics over the measurable tasks; 0 if there is none."""
    there = [task for task in tasks if is_measurable(task, targets[task.name])]
    return sum(main_metric(task, scores[task.name], targets[task.name]) for task in there) / max(len(there), 1)


def mean_of_main(tasks: TaskSet, measured: Mapping[str, float]) -> float:
    """Return the same mean from computed metrics ``task/metric``.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> tags, film = MultiLabel("tags", ["cat", "dog"]), MultiLabel("film", ["western"])
        >>> mean_of_main(TaskSet([tags, film]), {"tags/lrap": 0.5, "tags/mAP": 0.9})  # film was not measurable
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
"""Main metrics that can be computed without the other metrics of their task, for speed."""
