"""Read the targets of a task from the cells of a table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.advice import of_bad_number, of_label_columns, of_unknown_class
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.class_columns import read_one_hot, stands_in_columns
from gcnlabel.annotations.listed_tags import read_tag_lists
from gcnlabel.annotations.spellings import known_texts, lookup
from gcnlabel.annotations.tag_columns import read_tag_columns
from gcnlabel.annotations.votes import read_votes
from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import MISSING_CLASS, Task
from gcnlabel.tasks.number_text import number_of

Array = npt.NDArray[Any]


def target_of(task: Task, cells: Cells) -> Array:
    """Return the targets of a task, as :class:`~gcnlabel.annotations.Annotations` holds them.

    Raises:
        InputError: A column is missing or a cell cannot be read.
    """
    if task.exclusive:
        return _classes(task, cells)
    return _tags(task, cells) if task.discrete else _dimensions(task, cells)


def _classes(task: Task, cells: Cells) -> Array:
    if task.source.votes:
        return read_votes(task, cells)
    if stands_in_columns(task, cells):
        return read_one_hot(task, cells)
    name, codes = task.source.column or task.name, task.source.codes
    if not cells.has(name):
        usual = "column: of the task names it (or columns: {CLASS: COLUMN}, one column per class)"
        cells.known(name, "; ".join(filter(None, [usual, of_label_columns(task.labels, cells.frame.columns)])))
    text = cells.text(name, task.source.missing, blank="" in codes)
    places = lookup(text, cells.pointed_keys(known_texts(task.labels, codes)))
    bad = (text.is_not_null() & places.is_null()).arg_true()
    if len(bad):
        given = text[int(bad[0])]
        what = f"unknown class {given!r} of task {task.name!r}"
        fix = of_unknown_class(given, task.labels, codes)
        raise cells.error(int(bad[0]), name, what, expected=shorten([*task.labels, *codes], 20), fix=fix)
    return places.cast(pl.Int64).fill_null(MISSING_CLASS).to_numpy().astype(np.int64)


def _tags(task: Task, cells: Cells) -> Any:
    column = task.source.column
    return read_tag_columns(task, cells) if column is None else read_tag_lists(task, cells, column)


def _dimensions(task: Task, cells: Cells) -> Array:
    columns = [_numbers(cells, task.source.column_of(dim), task, dim) for dim in task.labels]
    return np.stack(columns, axis=1)


def _numbers(cells: Cells, name: str, task: Task, dim: str) -> Array:
    column = cells.column(name)
    markers = cells.pointed(pl.Series([*cells.missing, *task.source.missing], dtype=pl.String))
    if column.dtype.is_numeric():
        text = column.cast(pl.String)
        values = column.cast(pl.Float64).fill_nan(None)
        given = values.is_not_null()
    else:
        text = cells.text(name, task.source.missing)
        values = text.cast(pl.Float64, strict=False)
        if cells.decimal == ",":  # then "1.234" may be a thousand and more
            values = values.set(column.cast(pl.String).str.contains(".", literal=True).fill_null(False), None)
        given = text.is_not_null()
    numbers = [number_of(marker) for marker in markers if _is_number(marker)]
    given = given & ~values.is_in(numbers).fill_null(False)
    array = values.fill_null(math.nan).to_numpy().copy()
    array[~given.to_numpy()] = math.nan
    low, high = task.bounds
    inside = np.isfinite(array) & (array >= low) & (array <= high)
    bad = np.flatnonzero(given.to_numpy() & ~inside)
    if len(bad):
        row = int(bad[0])
        raise _bad_number(task, dim, cells, name, row, text[row], finite=bool(np.isfinite(array[row])))
    return array


def _bad_number(task: Task, dim: str, cells: Cells, name: str, row: int, given: str, *, finite: bool) -> InputError:
    low, high = task.bounds
    bounds = "a number" if math.isinf(low) else f"a number in [{low:g}, {high:g}]"
    what = f"{dim} = {given}" if finite else f"{given!r} is not a finite number"
    return cells.error(
        row,
        name,
        what,
        expected=f"{bounds}, or missing",
        fix=of_bad_number(given, finite=finite, decimal=cells.decimal),
    )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(number_of(text))
    except ValueError:
        return False
