"""``loss.TASK.class_weights`` of a config -> the weights that a loss takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.losses.class_weights import balanced_weights, inverse_frequency_weights, of_mean_1
from gcnlabel.tasks import Categorical, MultiLabel, Task

Given = bool | Mapping[str, float | Sequence[float]]


def class_weights(task: Task, given: Given, annotations: Annotations) -> Tensor:
    """Return the weight of each class [classes], or of each tag where it is absent and present [labels, 2].

    Args:
        task: Classes or tags.
        given: True for weights by frequency, ``f_min / f_i`` of classes and those of ``balanced_weights`` for tags; or
            class -> weight, tag -> weights where it is absent and present. Those left out weigh 1.
        annotations: The training samples. The weights of tags have mean 1 over them.

    Raises:
        InputError: The task is of dimensions, a name is none of its labels, or a weight is not what such a task takes.
    """
    if isinstance(task, Categorical):
        counts = torch.as_tensor(np.nansum(annotations.indicators(task.name), 0))
        return inverse_frequency_weights(counts) if given is True else _given(task, given, 1)[:, 0]
    if not isinstance(task, MultiLabel):
        raise InputError(f"loss.{task.name}.class_weights", expected="a task of classes or tags")
    counts = _tag_counts(annotations.targets[task.name])
    return of_mean_1(balanced_weights(counts) if given is True else _given(task, given, 2), counts)


def _given(task: Task, given: Any, size: int) -> Tensor:
    """Return what is given for each label, [labels, size]; 1 for those left out."""
    where = f"loss.{task.name}.class_weights"
    unknown = [name for name in given if name not in task.labels]
    if unknown:
        fix = closest(unknown[0], task.labels)
        raise InputError(f"{where}: unknown label {unknown[0]!r}", expected=shorten(task.labels, 20), fix=fix)
    weights = torch.ones(len(task), size)
    for name, of_label in given.items():
        values = np.atleast_1d(of_label)
        if len(values) != size:
            expected = (
                "a weight a class" if size == 1 else "two weights a tag: [where it is absent, where it is present]"
            )
            raise InputError(f"{where}.{name}: {of_label}", expected=expected)
        weights[task.labels.index(name)] = torch.as_tensor(values, dtype=weights.dtype)
    return weights


def _tag_counts(target: Any) -> Tensor:
    """Return the number of samples in which each tag is absent and present, [labels, 2]."""
    if sparse.issparse(target):
        present = np.asarray(target.sum(0)).ravel()
        return torch.as_tensor(np.stack([target.shape[0] - present, present], axis=1))
    return torch.as_tensor(np.stack([np.nansum(1 - target, 0), np.nansum(target, 0)], axis=1), dtype=torch.float64)
