"""``class_weight`` of an estimator -> weights of classes, and of each tag where it is absent and present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import Dimensional, MultiLabel

Array = npt.NDArray[Any]
FORMS = "'balanced'; {0: w, 1: w} for every tag; a list of such dicts, one a tag; or a dict of tag -> such a dict"


def of_classes(given: Any, classes: Sequence[Any], counts: Array) -> Array:
    """Return the weight of each class, [classes].

    Args:
        given: ``balanced``, or class -> weight; classes left out weigh 1.
        classes: The classes.
        counts: Samples of each, or sums of their weights, by which ``balanced`` counts them, [classes].

    Raises:
        InputError: A class is none, or a weight is no number of 0 or more.

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
    """Return the weight of each tag where it is absent and where it is present, [tags, 2].

    Args:
        given: See :class:`~gcnlabel.estimators.LabelGraphClassifier`.
        classes: Names of the tags.
        counts: Samples in which each is absent and present, or sums of their weights, [tags, 2].

    Raises:
        InputError: It is of another form, a tag is none, or a weight is no number of 0 or more.

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
        raise InputError(f"class_weight holds {len(given)} dicts", expected=f"{len(classes)}, one a tag")
    pairs = zip(given, classes, strict=True)
    found = np.stack([_numbers(of_tag, (0, 1), f"class_weight of tag {tag!r}") for of_tag, tag in pairs])
    if not found.any():
        raise InputError("class_weight: nothing has a weight above 0", expected=FORMS)
    return found


def of_tasks(given: Any, annotations: Annotations, weights: Array) -> dict[str, dict[str, Any]]:
    """Return task -> label -> weight of a class, or weights of a tag where it is absent and where it is present.

    Args:
        given: ``balanced`` for all tasks of classes or tags; or task -> what :func:`of_classes` or :func:`of_tags`
            takes.
        annotations: Targets of N samples.
        weights: Weights of the samples [N], by which ``balanced`` counts them.

    Raises:
        InputError: A task is none of classes or tags, or has no such weights.
    """
    tasks = [task for task in annotations.tasks if not isinstance(task, Dimensional)]
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
        if isinstance(task, MultiLabel):
            of_task = of_tags(given[task.name], task.labels, np.stack([absent, present], axis=1))
        else:
            of_task = of_classes(given[task.name], task.labels, present)
        found[task.name] = dict(zip(task.labels, of_task.tolist(), strict=True))
    return found


def _balanced(counts: Array) -> Array:
    """Return ``n / (k n_i)`` of the k kinds that occur, along the last axis; 1 of others."""
    seen = counts > 0
    share = counts.sum(-1, keepdims=True) / np.maximum(seen.sum(-1, keepdims=True), 1)
    return np.divide(share, counts, out=np.ones(counts.shape), where=seen)


def _numbers(given: Mapping[Any, Any], kinds: Sequence[Any], where: str) -> Array:
    """Return the weight of each kind; 1 for those left out."""
    _check_known(given, kinds, where)
    for kind, weight in given.items():
        if not isinstance(weight, int | float | np.number) or not 0 <= weight < np.inf:
            raise InputError(f"{where}: {kind!r} weighs {weight!r}", expected="a finite number, 0 or more")
    return np.array([given.get(kind, 1.0) for kind in kinds], dtype=np.float64)


def _check_known(given: Mapping[Any, Any], kinds: Sequence[Any], where: str) -> None:
    """Check for misspelt names; as in scikit-learn, classes that are not in ``y`` may be named beside all that are."""
    unknown = [kind for kind in given if kind not in kinds]
    if unknown and len(given) - len(unknown) < len(kinds):
        if tuple(kinds) == (0, 1):
            raise InputError(
                f"{where}: {unknown[0]!r} is unknown", expected="0, where it is absent, and 1, where present"
            )
        names = [str(kind) for kind in kinds]
        fix = closest(str(unknown[0]), names)
        raise InputError(f"{where}: {unknown[0]!r} is unknown", expected=shorten(map(repr, kinds), 20), fix=fix)
