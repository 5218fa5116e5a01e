"""``class_weight`` of a classifier -> weights of samples (classes), or of each tag where it is absent and present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError, closest, shorten

Array = npt.NDArray[Any]
FORMS = "'balanced'; {0: w, 1: w} for every tag; a list of such dicts, one a tag; or a dict of tag -> such a dict"


def of_samples(given: Any, classes: Sequence[Any], target: Array, weights: Array) -> Array:
    """Return the weight of each sample's class, [N].

    Args:
        given: ``balanced``, or class -> weight; classes left out weigh 1.
        classes: The classes, sorted.
        target: Index of each sample's class [N].
        weights: Weights of the samples [N], by which ``balanced`` counts them.

    Raises:
        InputError: A class is none, or a weight is no number of 0 or more.

    Example:
        >>> of_samples("balanced", ["a", "b"], np.array([0, 0, 0, 1]), np.ones(4)).round(2).tolist()
        [0.67, 0.67, 0.67, 2.0]
    """
    if given == "balanced":
        counts = np.bincount(target, weights, len(classes))
        return _balanced(counts)[target]
    if not isinstance(given, Mapping):
        raise InputError(f"class_weight={shorten([repr(given)])}", expected="'balanced', or a dict of class -> weight")
    return _numbers(given, classes, "class_weight")[target]


def of_tags(given: Any, classes: Sequence[Any], target: Array, weights: Array) -> Array:
    """Return the weight of each tag where it is absent and where it is present, [tags, 2].

    Args:
        given: See :class:`~gcnlabel.estimators.LabelGraphClassifier`.
        classes: Names of the tags.
        target: 0 / 1, NaN where a tag is not annotated, [N, tags].
        weights: Weights of the samples [N], by which ``balanced`` counts them.

    Raises:
        InputError: It is of another form, a tag is none, or a weight is no number of 0 or more.

    Example:
        >>> target = np.array([[0, 1], [0, np.nan], [0, 0], [1, 0]])
        >>> of_tags("balanced", ["cat", "dog"], target, np.ones(4)).round(2).tolist()
        [[0.67, 2.0], [0.75, 1.5]]
        >>> of_tags({"dog": {1: 5}}, ["cat", "dog"], target, np.ones(4)).tolist()
        [[1.0, 1.0], [1.0, 5.0]]
    """
    if given == "balanced":
        return _balanced(np.stack([weights @ (target == value) for value in (0, 1)], axis=1))
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
        names = [str(kind) for kind in kinds]
        fix = closest(str(unknown[0]), names)
        raise InputError(f"{where}: {unknown[0]!r} is unknown", expected=shorten(map(repr, kinds), 20), fix=fix)
