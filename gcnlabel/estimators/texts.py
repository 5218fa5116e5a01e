"""Checks of text targets: lists of tags in one cell, identifiers, missing classes."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.estimators.labels import is_missing

Array = npt.NDArray[Any]
SEPARATORS = (";", "|", ",")
MAX_DIFFERENT = 20
"""Number of texts up to which all may be distinct: each sample may be of another class."""


def separator_of(values: Sequence[Any]) -> str | None:
    """Return the probable separator of tags in texts, by which they split into fewer distinct texts; or None.

    Example:
        >>> separator_of(["cat;dog", "dog", "cat", "dog;cat"]), separator_of(["Paris, France", "Bonn, Germany"])
        (';', None)
    """
    different = {value for value in values if isinstance(value, str)}
    for mark in SEPARATORS:
        parts = {part.strip() for value in different for part in value.split(mark)}
        if any(mark in value for value in different) and len(parts) < len(different):
            return mark
    return None


def tags_hint(name: str, values: Sequence[Any]) -> str:
    """Return advice for a column of texts that seems to have lists of tags; empty for none."""
    mark = separator_of(values)
    return "" if mark is None else f"; if {mark!r} separates tags, give lists: {name}.str.split({mark!r})"


def column_names(y: Any) -> Any:
    """Return the names of the columns of a frame; None for other targets.

    Raises:
        InputError: Two columns have the same name.
    """
    names = getattr(y, "columns", None)
    twice = sorted(name for name, times in Counter(map(str, () if names is None else names)).items() if times > 1)
    if twice:
        raise InputError(f"duplicate column: {shorten(twice)}", where="y", fix="rename them")
    return names


def check_classes(y: Array) -> None:
    """Check the classes [N] of a classifier; warn if they seem to be lists of tags.

    Raises:
        InputError: A sample has no class.
    """
    if y.dtype.kind not in "OUS":
        return
    holes = [row for row, value in enumerate(y) if is_missing(value)] if y.dtype == object else []
    if holes:
        what, fix = f"{len(holes)} sample(s) without a class", "leave them out, or use LabelGraphEstimator"
        raise InputError(what, where=f"y, row {holes[0]}", fix=fix)
    if hint := tags_hint("y", y.tolist()):
        warnings.warn(f"{len(set(y.tolist()))} classes are learned{hint}", GcnlabelWarning, stacklevel=4)


def refuse_identifiers(name: str, values: Sequence[Any]) -> None:
    """Raise an error for a column with only distinct texts, such as identifiers, from which nothing can be learned.

    Raises:
        InputError: All texts of more than 20 samples are distinct.
    """
    if len(values) > MAX_DIFFERENT and len(set(values)) == len(values):
        raise InputError(
            f"column {name!r} has a different text in each of its {len(values)} cells: no class has two samples",
            where="y",
            fix=f"omit it if it identifies samples: y.drop(columns={name!r})",
        )
