"""Metrics of each label of a task, from scores and targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.metrics.categorical import confusion_matrix
from gcnlabel.metrics.majority import majority
from gcnlabel.metrics.multilabel import average_precision
from gcnlabel.tasks import Task

COUNTS = ("samples", "missed", "false alarms")
"""Columns of :func:`label_rows` with integers."""


def positives(task: Task, scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Return which labels are positive and which are annotated, two bool [N, labels], for classes or tags."""
    if task.exclusive:
        classes = majority(targets)
        has = torch.nn.functional.one_hot(classes.clamp(min=0), scores.shape[1]).bool()
        seen = (classes >= 0)[:, None].expand_as(has)
        return has & seen, seen
    return targets == 1, ~targets.isnan()


def label_rows(
    task: Task, scores: Tensor, targets: Tensor, threshold: Tensor | None, measured: Mapping[str, Any]
) -> list[dict[str, float | None]]:
    """Return the metrics of each label as dicts, column -> value; None for undefined values.

    Args:
        task: The task.
        scores: Scores [N, labels].
        targets: Targets in the task's format.
        threshold: Decision threshold of each tag, as scores [labels]; None for 0, a probability of 0.5.
        measured: Metrics of the task's evaluation, used for dimensions.
    """
    if not task.discrete:
        return [_of_value(label, i, targets, measured) for i, label in enumerate(task.labels)]
    has, seen = positives(task, scores, targets)
    limits = scores.new_zeros(len(task)) if threshold is None else threshold
    said = scores >= limits if task.binary else torch.nn.functional.one_hot(scores.argmax(1), len(task)).bool()
    known = has.new_ones(has.shape) if task.unknown == "negative" else seen
    rows = []
    for i in range(len(task)):
        hit, miss, false = (
            int((a & b & known[:, i]).sum())
            for a, b in ((has[:, i], said[:, i]), (has[:, i], ~said[:, i]), (~has[:, i], said[:, i]))
        )
        row: dict[str, float | None] = {"samples": hit + miss, "AP": None}
        if hit + miss:
            row["AP"] = average_precision(scores_of(task, scores)[seen[:, i], i], has[seen[:, i], i])
        row |= {"precision": _share(hit, hit + false), "recall": _share(hit, hit + miss)}
        row |= {"F1": _share(2 * hit, 2 * hit + miss + false) if hit + miss else None}
        if task.binary:
            row["threshold"] = float(limits[i].sigmoid())
        rows.append(row | {"missed": miss, "false alarms": false})
    return rows


def scores_of(task: Task, scores: Tensor) -> Tensor:
    """Return the values that rank the samples of each label: scores, or probabilities for classes."""
    return task.activated(scores.double()) if task.exclusive else scores.double()


def precision_recall(scores: Tensor, has: Tensor, recalls: npt.NDArray[np.float64]) -> list[float]:
    """Return the interpolated precision at given recalls: the highest precision at that recall or a higher one.

    Args:
        scores: Scores [N].
        has: Whether each sample is positive, bool [N], at least one true.
        recalls: Recalls [K].

    Example:
        >>> scores, has = torch.tensor([3.0, 2.0, 1.0]), torch.tensor([True, False, True])
        >>> precision_recall(scores, has, np.array([0.5, 1.0]))
        [1.0, 0.6666666666666666]
    """
    ordered, order = scores.sort(descending=True)
    hits = has[order].double().cumsum(0).numpy()
    last = np.append(np.diff(ordered.numpy()) != 0, True)
    recall, precision = hits[last] / hits[-1], hits[last] / (np.flatnonzero(last) + 1)
    highest = np.maximum.accumulate(precision[::-1])[::-1]
    found: list[float] = highest[np.searchsorted(recall, recalls - 1e-12).clip(max=len(highest) - 1)].tolist()
    return found


def confusion(scores: Tensor, targets: Tensor) -> npt.NDArray[np.int64]:
    """Return the confusion matrix [classes, classes], row = true class."""
    found: npt.NDArray[np.int64] = confusion_matrix(scores, targets).numpy()
    return found


def _of_value(label: str, i: int, targets: Tensor, measured: Mapping[str, Any]) -> dict[str, float | None]:
    kinds = ("ccc", "pearson", "rmse", "sagr")
    there = {key: measured.get(f"{label}/{key}") for key in kinds}
    return {"samples": int((~targets[:, i].isnan()).sum())} | {
        {"ccc": "CCC", "pearson": "Pearson", "rmse": "RMSE", "sagr": "SAGR"}[key]: value for key, value in there.items()
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
