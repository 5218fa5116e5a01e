"""Targets that are no classes, though they look like some: tags in one cell, identifiers, missing ones."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.estimators.labels import is_missing

Array = npt.NDArray[Any]
SEPARATORS = (";", "|", ",")
MAX_DIFFERENT = 20
"""Texts that may all differ: as many samples may have a class each."""


def separator_of(values: Sequence[Any]) -> str | None:
    """Return what seems to separate tags in texts, or None: split by it, they are made of fewer different texts.

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
    """Return what to do where a column of texts seems to hold tags; empty where it does not."""
    mark = separator_of(values)
    return "" if mark is None else f"; if {mark!r} separates tags, give lists: {name}.str.split({mark!r})"


def check_classes(y: Array) -> None:
    """Check the classes [N] of a classifier; warn where they seem to be lists of tags.

    Raises:
        InputError: A sample has none.
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
    """Refuse a column whose texts are all different, as names and identifiers are: nothing can be learned of it.

    Raises:
        InputError: It is one, of more than 20 samples.
    """
    if len(values) > MAX_DIFFERENT and len(set(values)) == len(values):
        raise InputError(
            f"column {name!r} holds another text in each of its {len(values)} cells: no class has two samples",
            where="y",
            fix=f"leave it out where it identifies samples: y.drop(columns={name!r})",
        )
