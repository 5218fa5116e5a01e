"""Codes of expression classes, declared for each data set and replaceable."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import MISSING_CLASS

Array = npt.NDArray[Any]
Place = Callable[[int], str]
"""Row -> its location, for messages."""

AFFECTNET_CODES = {
    "0": "neutral",
    "1": "happy",
    "2": "sad",
    "3": "surprise",
    "4": "fear",
    "5": "disgust",
    "6": "anger",
    "7": "contempt",
    "8": "none",
    "9": "uncertain",
    "10": "no-face",
}
"""Codes of AffectNet (Mollahosseini, Hasani, Mahoor, 2017)."""

AFF_WILD2_CODES = {
    "0": "neutral",
    "1": "anger",
    "2": "disgust",
    "3": "fear",
    "4": "happy",
    "5": "sad",
    "6": "surprise",
    "7": "other",
    "-1": "invalid",
}
"""Codes of Aff-Wild2 (ABAW); the order is not AffectNet's."""

SPELLINGS = {
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "angry": "anger",
    "disgusted": "disgust",
    "fearful": "fear",
    "contemptuous": "contempt",
    "no_face": "no-face",
    "noface": "no-face",
    "non-face": "no-face",
}
"""Other names of classes in text columns -> class name."""

NO_CLASS = ("contempt", "none", "uncertain", "no-face", "other", "invalid")
"""Meanings of codes that are not classes of the task; such rows have no usable expression."""

FEW = 0.1
"""Fraction of undeclared cells below which the message suggests to leave them out."""

NOT_DECLARED = "undeclared"
"""Meaning of cells that the map does not cover."""


def class_names(
    text: pl.Series,
    classes: Sequence[str],
    default: Mapping[str, str],
    label_map: Mapping[Any, str | None] | None,
    place: Place,
    *,
    allowed: float = 0,
) -> pl.Series:
    """Return the meaning of each cell: a class, a name of :data:`NO_CLASS` or undeclared; null for an empty cell.

    Args:
        text: Codes or class names (ignoring case); null where empty.
        classes: Names of the classes.
        default: Declared map of the data set, code -> name; class names are always read.
        label_map: Map that replaces it, code or text -> class name; None for a code without a class.
        place: Function from a row to its location, for messages.
        allowed: Largest fraction of rows that the map does not cover.

    Raises:
        InputError: The map leaves more rows uncovered than allowed, or maps to a name that is not a class.

    Example:
        >>> class_names(pl.Series(["Happiness", "8", None]), ["happy"], AFFECTNET_CODES, None, str).to_list()
        ['happy', 'none', None]
    """
    meaning = _meanings(classes, default, label_map)
    cells = text.str.strip_chars().str.to_lowercase().str.replace(r"^(-?\d+)\.0+$", "${1}")
    names = cells.replace_strict(meaning, default=None, return_dtype=pl.String)
    uncovered = (cells.is_not_null() & names.is_null()).arg_true()
    if len(uncovered) > allowed * len(cells):
        row = int(uncovered[0])
        hint = None if cells[row].lstrip("-").isdigit() else closest(cells[row], meaning)
        raise InputError(
            f"expression {text[row]!r}: the label map does not cover it ({len(uncovered)} of {len(cells)} rows)",
            where=place(row),
            expected=f"a code, {shorten(default if label_map is None else label_map, 24)}; or a name of a class",
            fix=hint or _declare(cells.gather(uncovered).unique().sort().to_list(), len(uncovered) / len(cells)),
        )
    return names.scatter(uncovered, NOT_DECLARED)


def _meanings(
    classes: Sequence[str], default: Mapping[str, str], label_map: Mapping[Any, str | None] | None
) -> dict[str, str]:
    if label_map is not None:
        return {**{name: name for name in classes}, **_checked_map(label_map, classes)}
    spellings = {other: name for other, name in SPELLINGS.items() if name in classes or name in NO_CLASS}
    return {**{name: name for name in (*NO_CLASS, *classes)}, **spellings, **default}


def _declare(codes: Sequence[str], share: float) -> str:
    leave = f"; or leave these rows out: data.allow_missing or --allow-missing {math.ceil(100 * share) / 100}"
    what = f"correct the cells, or in Python give their meaning as label_map; uncovered: {shorten(codes)}"
    return what + (leave if share < FEW else "")


def class_indices(names: pl.Series, classes: Sequence[str]) -> Array:
    """Return the index of each class name, int64 [N]; :data:`MISSING_CLASS` for null and other names."""
    index = {name: i for i, name in enumerate(classes)}
    return np.array(names.replace_strict(index, default=MISSING_CLASS, return_dtype=pl.Int64).to_numpy())


def rows_without_class(text: pl.Series, names: pl.Series, classes: Sequence[str]) -> dict[str, Array]:
    """Return reason -> rows (bool [N]) of the cells whose name is none of the classes."""
    frame = pl.DataFrame({"text": text.str.strip_chars(), "name": names})
    outside = frame.filter(pl.col("name").is_not_null() & ~pl.col("name").is_in(list(classes))).unique().sort("text")
    reasons: dict[str, Array] = {}
    for cell, name in outside.iter_rows():
        code = f"expression code {cell} not declared" if name == NOT_DECLARED else f"expression code {cell} = {name}"
        reason = f"expression {name}" if str(cell).lower() == name else code
        reasons[reason] = (frame["text"] == cell).fill_null(False).to_numpy()
    return reasons


def _checked_map(label_map: Mapping[Any, str | None], classes: Sequence[str]) -> dict[str, str]:
    known = (*classes, *NO_CLASS)
    for code, name in label_map.items():
        if name is not None and name not in known:
            raise InputError(
                f"label map: {code!r} means {name!r}, which is not a class",
                expected=f"one of {shorten(classes, 24)}; None for a code without a class",
                fix=closest(str(name), classes),
            )
    return {str(code).strip().lower(): "none" if name is None else name for code, name in label_map.items()}
