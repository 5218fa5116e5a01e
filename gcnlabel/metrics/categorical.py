"""Metrics of a categorical task, from its confusion matrix."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torchmetrics.functional.classification import multiclass_confusion_matrix

from gcnlabel.metrics.majority import majority


def confusion_matrix(scores: Tensor, targets: Tensor) -> Tensor:
    """Return how often class i (row) was predicted as class j (column), int64 [classes, classes].

    Args:
        scores: [N, classes]; the highest is predicted.
        targets: Class indices [N], -1 = missing, left out; or class distributions [N, classes], whose majority class
            is used; samples without one are left out.

    Example:
        >>> import torch
        >>> confusion_matrix(torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 0.0]]), torch.tensor([0, 0, -1])).tolist()
        [[1, 1], [0, 0]]
    """
    classes = scores.shape[1]
    return multiclass_confusion_matrix(scores, majority(targets), classes, ignore_index=-1, validate_args=False)


def categorical_metrics(confusion: Tensor, classes: tuple[str, ...]) -> dict[str, Any]:
    """Return accuracy, mean class accuracy, macro-F1 and Aff-Wild2's score.

    Classes without a sample are left out of the two macro averages and listed in ``absent``.
    ``abaw_score = 0.67 macro-F1 + 0.33 accuracy``.

    Args:
        confusion: [classes, classes], row = true class.
        classes: Names of the classes.

    Example:
        >>> import torch
        >>> categorical_metrics(torch.tensor([[3, 1], [0, 4]]), ("sad", "happy"))["mean_class_accuracy"]
        0.875
    """
    counts = confusion.double()
    hits, true, predicted = counts.diagonal(), counts.sum(1), counts.sum(0)
    seen = true > 0
    result: dict[str, Any] = {"absent": [name for name, there in zip(classes, seen.tolist(), strict=True) if not there]}
    if not seen.any():
        return result
    accuracy = float(hits.sum() / counts.sum())
    macro_f1 = float((2 * hits / (true + predicted).clamp(min=1))[seen].mean())
    return {
        "accuracy": accuracy,
        "mean_class_accuracy": float((hits / true.clamp(min=1))[seen].mean()),
        "macro_f1": macro_f1,
        "abaw_score": 0.67 * macro_f1 + 0.33 * accuracy,
        **result,
        "confusion": confusion.tolist(),
    }
