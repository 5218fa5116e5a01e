"""Weights of classes, and of absent and present tags: from their frequencies, or as given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import Task

Given = bool | float | Mapping[str, float | Sequence[float]]
"""True for weights by frequency; a number for :func:`effective_weights` with that beta; or class -> weight, tag ->
[weight where absent, weight where present]."""


def weights_of_classes(given: Given, annotations: Annotations, task: str) -> Tensor | None:
    """Return the weight of each class [classes], or None for no weights.

    If ``given`` is True, they are :func:`inverse_frequency_weights`.

    Raises:
        InputError: A name is no class, or a weight is no number.
    """
    if given is True or isinstance(given, float):
        counts = torch.as_tensor(np.nansum(annotations.indicators(task), 0))
        return inverse_frequency_weights(counts) if given is True else effective_weights(counts, given)
    return _given(annotations.tasks[task], given, 1)[:, 0] if given else None


def weights_of_tags(given: Given, annotations: Annotations, task: str) -> Tensor | None:
    """Return the weights of absent and present tags [labels, 2], with mean 1 over samples; or None for no weights.

    If ``given`` is True, they are :func:`balanced_weights`.

    Raises:
        InputError: A name is no tag, or weights are no two numbers.
    """
    if not given:
        return None
    counts = _tag_counts(annotations.targets[task])
    if given is True:
        weights = balanced_weights(counts)
    elif isinstance(given, float):
        weights = effective_weights(counts, given)
    else:
        weights = _given(annotations.tasks[task], given, 2)
    return of_mean_1(weights, counts)


def inverse_frequency_weights(counts: Tensor) -> Tensor:
    """Return ``f_min / f_i``: 1 for the rarest class, less for others (Emotion-GCN, Eq. 9, corrected by its text).

    A class that never occurs has weight 0.

    Args:
        counts: Samples of each class [classes], or sums of their shares.

    Example:
        >>> inverse_frequency_weights(torch.tensor([10, 5, 0])).tolist()
        [0.5, 1.0, 0.0]
    """
    counts = counts.to(torch.get_default_dtype())
    seen = counts > 0
    if not seen.any():
        return torch.ones_like(counts)
    return torch.where(seen, counts[seen].min() / counts.where(seen, 1), 0)


def balanced_weights(counts: Tensor) -> Tensor:
    """Return ``n / (k n_i)`` for n samples and the k classes that occur: all classes have the same total weight.

    This is scikit-learn's ``balanced``. A class that never occurs has weight 0.

    Args:
        counts: Samples of each class [classes]; or of each tag, absent and present [labels, 2].

    Example:
        >>> balanced_weights(torch.tensor([[9, 1], [4, 0]])).tolist()
        [[0.5555555820465088, 5.0], [1.0, 0.0]]
    """
    counts = counts.to(torch.get_default_dtype())
    seen = counts > 0
    total, kinds = counts.sum(-1, keepdim=True), seen.sum(-1, keepdim=True)
    return torch.where(seen, total / (kinds * counts).where(seen, 1), 0)


def effective_weights(counts: Tensor, beta: float) -> Tensor:
    """Return ``(1 - beta) / (1 - beta^n_i)``, scaled to sum to the number of classes (Cui et al., CVPR 2019, Eq. 3).

    They range from 1 (``beta`` near 0) to weights by inverse frequency (``beta`` near 1). A class that never occurs has
    weight 0.

    Args:
        counts: Samples of each class [classes]; or of each tag, absent and present [labels, 2].
        beta: In (0, 1).

    Example:
        >>> [round(weight, 6) for weight in effective_weights(torch.tensor([2, 1]), 0.5).tolist()]
        [0.8, 1.2]
    """
    counts = counts.to(torch.get_default_dtype())
    seen = counts > 0
    weights = torch.where(seen, (1 - beta) / (1 - beta**counts).where(seen, 1), 0)
    return weights * seen.sum(-1, keepdim=True) / weights.sum(-1, keepdim=True).where(seen.any(-1, keepdim=True), 1)


def of_mean_1(weights: Tensor, counts: Tensor) -> Tensor:
    """Return weights scaled to a mean of 1 over the samples.

    Args:
        weights: Weight of each class [classes], or of absent and present tags [labels, 2].
        counts: Samples of each, of the same shape.

    Example:
        >>> of_mean_1(torch.tensor([[1.0, 4.0]]), torch.tensor([[2.0, 1.0]])).tolist()
        [[0.5, 2.0]]
    """
    total = (weights * counts).sum()
    return weights * (counts.sum() / total) if total > 0 else weights


def _given(task: Task, given: Any, size: int) -> Tensor:
    """Return the given weights of each label, [labels, size]; 1 for labels that are left out."""
    where = f"loss.{task.name}.class_weights"
    unknown = [name for name in given if name not in task.labels]
    if unknown:
        fix = closest(unknown[0], task.labels)
        raise InputError(f"{where}: unknown label {unknown[0]!r}", expected=shorten(task.labels, 20), fix=fix)
    weights = torch.ones(len(task), size)
    for name, of_label in given.items():
        values = np.atleast_1d(of_label)
        if len(values) != size:
            expected = "one weight per class" if size == 1 else "two weights per tag: [where absent, where present]"
            raise InputError(f"{where}.{name}: {of_label}", expected=expected)
        weights[task.labels.index(name)] = torch.as_tensor(values, dtype=weights.dtype)
    if not (weights > 0).any():
        raise InputError(f"{where}: no weight is above 0", expected="at least one weight above 0")
    return weights


def _tag_counts(target: Any) -> Tensor:
    """Return the number of samples in which each tag is absent and present, [labels, 2]."""
    if sparse.issparse(target):
        present = np.asarray(target.sum(0)).ravel()
        return torch.as_tensor(np.stack([target.shape[0] - present, present], axis=1))
    return torch.as_tensor(np.stack([np.nansum(1 - target, 0), np.nansum(target, 0)], axis=1), dtype=torch.float64)
