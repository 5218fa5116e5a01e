"""Convert ``class_weight`` of an estimator to weights of classes, and of absent and present tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, closest, shorten

Array = npt.NDArray[Any]
FORMS = "'balanced'; {0: w, 1: w} for all tags; a list of such dicts, one per tag; or a dict tag -> such a dict"


def of_classes(given: Any, classes: Sequence[Any], counts: Array) -> Array:
    """Return the weight of each class, [classes].

    Args:
        given: ``balanced``, or class -> weight; missing classes have weight 1.
        classes: The classes.
        counts: Number of samples of each class, or sum of their weights, for ``balanced``, [classes].

    Raises:
        InputError: A class is unknown, or a weight is not a number >= 0.

    Example:
        >>> of_classes("balanced", ["a", "b"], np.array([3, 1])).round(2).tolist()
        [0.67, 2.0]
    """
    if isinstance(given, str) and given == "balanced":
        return _balanced(counts)
    if not isinstance(given, Mapping):
        raise InputError(f"class_weight={shorten([repr(given)])}", expected="'balanced', or a dict of class -> weight")
    return _numbers(given, classes, "class_weight")


def of_tags(given: Any, classes: Sequence[Any], counts: Array) -> Array:
    """Return the (absent, present) weights of each tag, [tags, 2].

    Args:
        given: See :class:`~gcnlabel.estimators.LabelGraphClassifier`.
        classes: Names of the tags.
        counts: Numbers of absent and present samples of each tag, or sums of their weights, [tags, 2].

    Raises:
        InputError: The form is invalid, a tag is unknown, or a weight is not a number >= 0.

    Example:
        >>> counts = np.array([[3, 1], [2, 1]])
        >>> of_tags("balanced", ["cat", "dog"], counts).round(2).tolist()
        [[0.67, 2.0], [0.75, 1.5]]
        >>> of_tags({"dog": {1: 5}}, ["cat", "dog"], counts).tolist()
        [[1.0, 1.0], [1.0, 5.0]]
    """
    if isinstance(given, str) and given == "balanced":
        return _balanced(counts)
    if isinstance(given, Mapping) and any(isinstance(value, Mapping) for value in given.values()):
        _check_known(given, classes, "class_weight")
        given = [given.get(tag, {}) for tag in classes]
    elif isinstance(given, Mapping):
        given = [given] * len(classes)
    if not isinstance(given, list | tuple) or not all(isinstance(of_tag, Mapping) for of_tag in given):
        raise InputError(f"class_weight={shorten([repr(given)])} of tags", expected=FORMS)
    if len(given) != len(classes):
        raise InputError(f"class_weight has {len(given)} dicts", expected=f"{len(classes)}, one per tag")
    pairs = zip(given, classes, strict=True)
    found = np.stack([_numbers(of_tag, (0, 1), f"class_weight of tag {tag!r}") for of_tag, tag in pairs])
    if not found.any():
        raise InputError("class_weight: all weights are 0", expected=FORMS)
    return found


def of_tasks(given: Any, annotations: Annotations, weights: Array) -> dict[str, dict[str, Any]]:
    """Return task -> label -> weight of a class, or (absent, present) weights of a tag.

    Args:
        given: ``balanced`` for all tasks with classes or tags; or task -> argument of :func:`of_classes` or
            :func:`of_tags`.
        annotations: Targets of N samples.
        weights: Weights of the samples [N], for ``balanced``.

    Raises:
        InputError: A task is unknown or has no classes or tags, or its weights are invalid.
    """
    tasks = [task for task in annotations.tasks if task.discrete]
    if isinstance(given, str):
        given = dict.fromkeys((task.name for task in tasks), given)
    if not isinstance(given, Mapping):
        raise InputError(f"class_weight={shorten([repr(given)])}", expected="'balanced', or a dict of task -> weights")
    names = [task.name for task in tasks]
    unknown = [name for name in given if name not in names]
    if unknown:
        expected = f"tasks of classes or tags: {shorten(names)}"
        raise InputError(f"class_weight of task {unknown[0]!r}", expected=expected, fix=closest(str(unknown[0]), names))
    found = {}
    for task in (task for task in tasks if task.name in given):
        values = annotations.indicators(task.name)
        present, absent = (weights @ np.nan_to_num(part) for part in (values, 1 - values))
        if task.binary:
            of_task = of_tags(given[task.name], task.labels, np.stack([absent, present], axis=1))
        else:
            of_task = of_classes(given[task.name], task.labels, present)
        found[task.name] = dict(zip(task.labels, of_task.tolist(), strict=True))
    return found


def _balanced(counts: Array) -> Array:
    """Return ``n / (k n_i)`` for the k kinds with samples, along the last axis; 1 for others."""
    seen = counts > 0
    share = counts.sum(-1, keepdims=True) / np.maximum(seen.sum(-1, keepdims=True), 1)
    return np.divide(share, counts, out=np.ones(counts.shape), where=seen)


def _numbers(given: Mapping[Any, Any], kinds: Sequence[Any], where: str) -> Array:
    """Return the weight of each kind; 1 for missing ones."""
    _check_known(given, kinds, where)
    for kind, weight in given.items():
        if not isinstance(weight, int | float | np.number) or not 0 <= weight < np.inf:
            raise InputError(f"{where}: weight {weight!r} of class {kind!r}", expected="a finite number >= 0")
    return np.array([given.get(kind, 1.0) for kind in kinds], dtype=np.float64)


def _check_known(given: Mapping[Any, Any], kinds: Sequence[Any], where: str) -> None:
    """Check for misspelt names; as in scikit-learn, unknown names are allowed if all known ones are given."""
    unknown = [kind for kind in given if kind not in kinds]
    if unknown and len(given) - len(unknown) < len(kinds):
        if tuple(kinds) == (0, 1):
            raise InputError(f"{where}: {unknown[0]!r} is unknown", expected="0 for absent and 1 for present")
        names = [str(kind) for kind in kinds]
        fix = closest(str(unknown[0]), names)
        raise InputError(f"{where}: {unknown[0]!r} is unknown", expected=shorten(map(repr, kinds), 20), fix=fix)
