"""Read one column per label into 1 (present), 0 (absent) or NaN (not annotated)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.advice import of_label_columns, of_one_hot, of_tag_value
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.spellings import canonical, lookup
from gcnlabel.annotations.tag_signs import Seen
from gcnlabel.tasks import Task
from gcnlabel.tasks.tag_words import WORDS, tag_value

Array = npt.NDArray[Any]

_WORD = 2
"""Offset of values that come from a word or a declared code, to tell them from numbers until -1 is decided."""
_NOTHING = -2
"""Value of a cell that is not annotated."""
_USUAL = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "-1": -1, "-1.0": -1} | {w: v + _WORD for w, v in WORDS.items()}


def read_tag_columns(task: Task, cells: Cells) -> Array:
    """Return the tags of a task, float32 [N, labels], NaN where a tag is not annotated.

    Raises:
        InputError: A column is missing, or a cell means neither present nor absent.
    """
    wanted = [task.source.column_of(label) for label in task.labels]
    advice = None if all(map(cells.has, wanted)) else of_label_columns(task.labels, cells.frame.columns)
    names = [cells.known(name, advice) for name in wanted]
    values, read = _usual(task, cells, names)  # [N, labels], [labels]
    codes = cells.pointed_keys({c: int(tag_value(said) or 0) + _WORD for c, said in task.source.codes.items()})
    for j in np.flatnonzero(~read):
        values[:, j] = _read(task, cells, names[j], codes)
    _note(task, cells, names, values)
    tags = np.where(values >= _WORD, values - _WORD, values).clip(min=0).astype(np.float32)
    return np.where(values == _NOTHING, np.float32(np.nan), tags)


def _usual(task: Task, cells: Cells, names: Sequence[str]) -> tuple[Array, Array]:
    """Read the columns that hold only empty and usual cells, all at once.

    Returns:
        Their values, int8 [N, labels], and which columns these are, bool [labels].
    """
    given = cells.pointed_keys(dict.fromkeys((*cells.missing, *task.source.missing, *task.source.codes)))
    declared = {canonical(text) for text in given}
    usual = {text: value for text, value in _USUAL.items() if canonical(text) not in declared}
    values = np.full((len(cells.frame), len(names)), _NOTHING, dtype=np.int8)
    plain = np.array([_is_plain(cells.frame.schema[name]) and "" not in declared for name in names])
    chosen = list(dict.fromkeys(name for name, is_plain in zip(names, plain, strict=True) if is_plain))
    if chosen:
        text = pl.col(chosen).cast(pl.String).str.strip_chars()
        found = cells.frame.select(text.replace_strict(usual, default=None, return_dtype=pl.Int8))
        read = np.equal(found.null_count().row(0), cells.frame.select(chosen).null_count().row(0))
        place = {name: i for i, name in enumerate(chosen)}
        columns = [place[name] for name in names if name in place]
        values[:, plain] = found.fill_null(_NOTHING).to_numpy()[:, columns]
        plain[plain] = read[columns]
    return values, plain


def _is_plain(dtype: pl.DataType) -> bool:
    """Return whether cells of a type are texts, whole numbers or booleans."""
    return dtype in (pl.String, pl.Boolean) or dtype.is_integer()


def _read(task: Task, cells: Cells, name: str, codes: Mapping[str, int]) -> Array:
    """Return the values of any one column, int8 [N]."""
    text = cells.text(name, task.source.missing, blank="" in codes)
    values = lookup(text, codes).cast(pl.Int8)
    if (values.is_null() & text.is_not_null()).any():
        number = text.cast(pl.Float64, strict=False)
        number = number.set(~number.is_in([-1.0, 0.0, 1.0]).fill_null(True), None).cast(pl.Int8)
        word = text.str.to_lowercase().replace_strict(_USUAL, default=None, return_dtype=pl.Int8)
        values = values.fill_null(word).fill_null(number)
    bad = (text.is_not_null() & values.is_null()).arg_true()
    if len(bad):
        row, given = int(bad[0]), text[int(bad[0])]
        what, expected = (
            f"{given!r} is not a {task.noun}'s value",
            "0 or 1, -1 or 1, no or yes, false or true, or missing",
        )
        fix = of_one_hot(given) if task.exclusive else of_tag_value(given)
        raise cells.error(row, name, what, expected=expected, fix=fix)
    return values.fill_null(_NOTHING).to_numpy()


def _note(task: Task, cells: Cells, names: Sequence[str], values: Array) -> None:
    """Note the kinds of values in the columns, for the decision about -1."""
    kinds = {"negative": values == -1, "other": (values == 0) | (values >= _WORD)}
    first = {kind: np.where(rows.any(0), rows.argmax(0), -1).tolist() for kind, rows in kinds.items()}
    one = (values == 1).any(0).tolist()
    for j, label in enumerate(task.labels):
        negative, other = (None if first[kind][j] < 0 else cells.place(first[kind][j]) for kind in kinds)
        cells.signs.note((task.name, label), Seen(names[j], negative, other, one[j]))
