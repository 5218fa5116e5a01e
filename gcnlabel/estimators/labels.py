"""Targets of a classifier: lists of tags, or one column per tag."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.tasks.tag_words import tag_value

Array = npt.NDArray[Any]
Lists = list[Any]
SEVERAL = "several columns of classes or values: LabelGraphEstimator; numbers of tags: one set per sample"
RANKS = f"{SEVERAL}; in cross_val_predict, where NaN becomes 2: LabelGraphEstimator, y=None, params={{'targets': y}}"
COLLECTIONS = (list, tuple, set, frozenset, np.ndarray)


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, pandas' NA or an empty text.

    Example:
        >>> [is_missing(value) for value in (None, float("nan"), "", 0, "no")]
        [True, True, True, False, False]
    """
    return value is None or (isinstance(value, float) and value != value) or str(value) in ("", "<NA>", "NaT")


def tag_lists(y: Any, *, tables: bool = True) -> Lists | None:
    """Return the tags of each sample (None if not annotated); None if ``y`` is not lists of tags.

    With ``tables``, rows of equal length that contain only numbers, or words such as yes and no, are a table with one
    column per tag instead.

    Example:
        >>> tag_lists([["cat"], ["cat", "dog"], []])
        [['cat'], ['cat', 'dog'], []]
        >>> tag_lists([[0, 1], [1, 0]]) is None
        True
    """
    if len(getattr(y, "columns", ())) == 1:
        y = y[y.columns[0]]
    if getattr(y, "ndim", 1) != 1 or hasattr(y, "columns") or not hasattr(y, "__iter__") or isinstance(y, str | dict):
        return None
    rows = list(y.to_list() if hasattr(y, "to_list") else y)
    given = [row for row in rows if isinstance(row, COLLECTIONS)]
    if not given or not all(isinstance(row, COLLECTIONS) or is_missing(row) for row in rows):
        return None
    if not tables or any(isinstance(row, set | frozenset) for row in given):
        return [list(row) if isinstance(row, COLLECTIONS) else None for row in rows]
    table = len(given) == len(rows) and len({len(row) for row in given}) == 1 and len(given[0]) > 0
    if table and all(_fits_a_column(value) for row in given for value in row):
        return None
    return [list(row) if isinstance(row, COLLECTIONS) else None for row in rows]


def _fits_a_column(value: Any) -> bool:
    return not isinstance(value, str) or is_missing(value) or tag_value(value) is not None


def listed_classes(rows: Lists) -> Array:
    """Return all tags in the lists, sorted.

    Raises:
        InputError: No sample has a tag.
    """
    tags = list(dict.fromkeys(tag for row in rows for tag in row or ()))
    if not tags:
        raise InputError("no sample has a tag", expected="lists of tags, at least one of them not empty")
    try:
        return np.array(sorted(tags))
    except TypeError:
        return np.array(sorted(tags, key=str), dtype=object)


def listed_target(rows: Lists, classes: Sequence[Any]) -> Array:
    """Return the tags of each sample as 0 / 1 [N, tags], NaN where a sample is not annotated.

    Raises:
        InputError: A tag is not one of the classes.
    """
    place = {tag: i for i, tag in enumerate(classes)}
    target = np.zeros((len(rows), len(place)))
    for n, row in enumerate(rows):
        unknown = [tag for tag in row or () if tag not in place]
        if unknown:
            known = [str(tag) for tag in place]
            what, fix = f"unknown tag {unknown[0]!r}", closest(str(unknown[0]), known)
            raise InputError(what, where=f"sample {n}", expected=shorten(known, 20), fix=fix)
        target[n, [place[tag] for tag in row or ()]] = 1
        if row is None:
            target[n] = np.nan
    return target


def with_new_tags(rows: Lists, classes: Sequence[Any]) -> list[Any]:
    """Return classes, followed by listed tags that are none of them, about which it warns.

    Example:
        >>> with_new_tags([["cat"], None], ["cat", "dog"])
        ['cat', 'dog']
    """
    new = [tag for tag in dict.fromkeys(tag for row in rows for tag in row or ()) if tag not in set(classes)]
    say_new(new)
    return [*classes, *new]


def say_new(labels: Sequence[Any]) -> None:
    """Warn about labels to score that are not in the training samples; scikit-learn's classifiers score them too."""
    if labels:
        what = f"{len(labels)} label(s) without training samples count as never predicted: {shorten(map(str, labels))}"
        warnings.warn(what, GcnlabelWarning, stacklevel=2)


def tag_table(values: Array, names: Sequence[Any]) -> Array:
    """Return a table of tags as 0 / 1 [N, tags], NaN where not annotated.

    -1 means absent if the table has only -1 and 1.

    Args:
        values: Numbers, booleans or words (yes and no, true and false, ...), [N, tags].
        names: Names of the columns.

    Raises:
        InputError: A value is not a valid tag value.

    Example:
        >>> tag_table(np.array([["yes", "no"], [None, "YES"]], dtype=object), ["cat", "dog"]).tolist()
        [[1.0, 0.0], [nan, 1.0]]
        >>> tag_table(np.array([[-1, 1], [-1, 1]]), ["cat", "dog"]).tolist()
        [[0.0, 1.0], [0.0, 1.0]]
    """
    if values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
    else:
        numbers = np.array([[_number(value) for value in row] for row in values])
    bad = ~np.isnan(numbers) & ((numbers < 0) | (numbers > 1)) & (numbers != -1)
    if bad.any():
        column = int(np.flatnonzero(bad.any(0))[0])
        found = dict.fromkeys(str(value) for value in values[:, column] if not is_missing(value))
        raise InputError(
            f"column {str(names[column])!r} has {shorten(sorted(found))}",
            where=f"y, row {int(np.flatnonzero(bad[:, column])[0])}",
            expected="one column per tag: 0 / 1, -1 / 1, true / false, yes / no; or one column of classes",
            fix=RANKS if found.keys() == {"0", "1", "2"} else SEVERAL,
        )
    return _signed(numbers)


def _signed(numbers: Array) -> Array:
    found = set(np.unique(numbers[~np.isnan(numbers)]).tolist())
    if -1 not in found:
        return numbers
    if found != {-1.0, 1.0}:
        raise InputError(
            f"tags with the values {shorten(f'{value:g}' for value in sorted(found))}: the meaning of -1 is ambiguous",
            expected="only -1 and 1 (absent and present), or 0, 1 and NaN (not annotated)",
            fix="look up the meaning of -1 in the description of the data, and replace it by 0 or NaN",
        )
    return (numbers + 1) / 2


def _number(value: Any) -> float:
    """Return a tag's value as a number: NaN if missing, infinity if invalid."""
    if is_missing(value):
        return np.nan
    if isinstance(value, str):
        said = tag_value(value)
        return np.inf if said is None else float(said)
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.inf


def as_dense(y: Any) -> Any:
    """Return targets, sparse or not, as a dense array."""
    return y.toarray() if sparse.issparse(y) else y


def as_numbers(y: Any) -> Any:
    """Return an array of objects as numbers, if all are numbers or booleans."""
    if isinstance(y, np.ndarray) and y.dtype == object and all(isinstance(v, int | float | np.number) for v in y.flat):
        return np.array(y.tolist())
    return y
