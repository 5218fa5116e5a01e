"""Labels with a column each -> 1 (there), 0 (not) or NaN (not annotated)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.advice import of_one_hot, of_tag_value
from gcnlabel.annotations.cells import Cells, lookup
from gcnlabel.annotations.tag_signs import Seen
from gcnlabel.tasks import MultiLabel, Task
from gcnlabel.tasks.tag_words import WORDS, tag_value

Array = npt.NDArray[Any]

_WORD = 2
"""Added to what a word or a declared code says, to tell it from a number while -1 is not decided."""
_USUAL = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "-1": -1, "-1.0": -1} | {w: v + _WORD for w, v in WORDS.items()}


def read_tag_columns(task: Task, cells: Cells) -> Array:
    """Return the tags of a task, float32 [N, labels], NaN where a tag is not annotated.

    Raises:
        InputError: A column is missing, or a cell says neither that its tag is there nor that it is not.
    """
    return np.stack([_read(task, label, cells) for label in task.labels], axis=1)


def _read(task: Task, label: str, cells: Cells) -> Array:
    name, codes = task.source.columns.get(label, label), task.source.codes
    text = cells.text(name, task.source.missing, blank="" in codes)
    values = _values(text, {code: int(tag_value(said) or 0) + _WORD for code, said in codes.items()})
    bad = (text.is_not_null() & values.is_null()).arg_true()
    if len(bad):
        row, given = int(bad[0]), text[int(bad[0])]
        kind = "a tag" if isinstance(task, MultiLabel) else "a class"
        what, expected = f"{given!r} is not {kind}'s value", "0 or 1, -1 or 1, no or yes, false or true, or missing"
        fix = of_tag_value(given) if isinstance(task, MultiLabel) else of_one_hot(given)
        raise cells.error(row, name, what, expected=expected, fix=fix)
    array: Array = values.cast(pl.Float32).to_numpy()
    negative = array == -1
    _note(task, label, cells, name, array, negative)
    return np.where(negative, 0, np.where(array >= _WORD, array - _WORD, array)).astype(np.float32)


def _values(text: pl.Series, codes: dict[str, int]) -> pl.Series:
    """Return what each cell says, null where it is missing or says nothing known."""
    values = lookup(text, codes) if codes else text.replace_strict(_USUAL, default=None, return_dtype=pl.Int64)
    if (values.is_null() & text.is_not_null()).any():
        number = text.cast(pl.Float64, strict=False)
        number = number.set(~number.is_in([-1.0, 0.0, 1.0]).fill_null(True), None).cast(pl.Int64)
        word = text.str.to_lowercase().replace_strict(_USUAL, default=None, return_dtype=pl.Int64)
        values = values.fill_null(word).fill_null(number)
    return values


def _note(task: Task, label: str, cells: Cells, name: str, array: Array, negative: Array) -> None:
    """Note what the column holds, for the decision about -1."""
    other = (array == 0) | (array >= _WORD)
    first = {
        key: cells.place(int(rows.argmax())) if rows.any() else None
        for key, rows in (("negative", negative), ("other", other))
    }
    cells.signs.note((task.name, label), Seen(name, first["negative"], first["other"], bool((array == 1).any())))
