"""Cells of a table -> targets of a task. Errors name row and column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.annotations import MISSING_CLASS
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, Task

Array = npt.NDArray[Any]
BINARY = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "false": 0.0, "true": 1.0, "False": 0.0, "True": 1.0}


@dataclass(frozen=True)
class Cells:
    """Columns of a table, and how to speak of their cells.

    Attributes:
        frame: The columns.
        where: The file, or what the table is called.
        first_row: Number of the first row in messages.
        missing: Cell texts that mean "not annotated" in every column.
    """

    frame: pl.DataFrame
    where: str
    first_row: int
    missing: tuple[str, ...] = ()

    def column(self, name: str) -> pl.Series:
        """Return a column.

        Raises:
            InputError: There is none of that name; the closest one is named.
        """
        names = self.frame.columns
        if name not in names:
            raise InputError(
                f"no column {name!r}", where=self.where, expected=shorten(names, 20), fix=closest(name, names)
            )
        return self.frame[name]

    def text(self, name: str, extra: Iterable[str] = ()) -> pl.Series:
        """Return a column as text, null where a cell is empty or a marker of missing values."""
        column = self.column(name)
        if column.dtype.is_float():  # a column of codes that some frame has made floats, for its NaN
            column = column.fill_nan(None)
            whole = column.drop_nulls()
            column = column.cast(pl.Int64) if len(whole) and (whole == whole.round()).all() else column
        text = column.cast(pl.String).str.strip_chars()
        return text.set(text.is_in(["", *self.missing, *extra]).fill_null(True), None)

    def error(self, row: int, column: str, what: str, **more: Any) -> InputError:
        """Return an error that names a cell."""
        return InputError(what, where=f"{self.where}, row {row + self.first_row}, column {column!r}", **more)


def target_of(task: Task, cells: Cells) -> Array:
    """Return the targets of a task, as :class:`~gcnlabel.annotations.Annotations` holds them.

    Raises:
        InputError: A column is missing or a cell cannot be read.
    """
    readers: dict[type[Task], Callable[[Any, Cells], Array]] = {
        Categorical: _classes,
        MultiLabel: _tags,
        Dimensional: _dimensions,
    }
    return readers[type(task)](task, cells)


def _classes(task: Categorical, cells: Cells) -> Array:
    name = task.source.column or task.name
    text = cells.text(name, task.source.missing)
    meaning = {**{c: i for i, c in enumerate(task.classes)}, **_coded(task)}
    codes = text.replace_strict(meaning, default=None, return_dtype=pl.Int64)
    bad = (text.is_not_null() & codes.is_null()).arg_true()
    if len(bad):
        given = text[int(bad[0])]
        numeric = given.lstrip("-").isdigit() and not task.source.codes
        raise cells.error(
            int(bad[0]),
            name,
            f"unknown class {given!r} of task {task.name!r}",
            expected=shorten(meaning, 20),
            fix="declare what the codes mean, codes: {0: ..., 1: ...}, or the marker of missing values"
            if numeric
            else closest(given, meaning),
        )
    return codes.fill_null(MISSING_CLASS).to_numpy().astype(np.int64)


def _coded(task: Task) -> dict[str, int]:
    """Return the index of each declared code."""
    unknown = sorted(set(task.source.codes.values()) - set(task.labels))
    if unknown:
        raise InputError(
            f"codes of task {task.name!r} name unknown labels: {shorten(unknown)}",
            expected=shorten(task.labels),
            fix=closest(unknown[0], task.labels),
        )
    return {code: task.labels.index(label) for code, label in task.source.codes.items()}


def _tags(task: MultiLabel, cells: Cells) -> Array:
    if task.source.column is not None:
        return _tags_of_cell(task, cells, task.source.column)
    columns = []
    for label in task.labels:
        name = task.source.columns.get(label, label)
        text = cells.text(name, task.source.missing)
        values = text.replace_strict(BINARY, default=None, return_dtype=pl.Float64)
        bad = (text.is_not_null() & values.is_null()).arg_true()
        if len(bad):
            row = int(bad[0])
            raise cells.error(row, name, f"{text[row]!r} is not a tag's value", expected="0, 1, true, false or missing")
        columns.append(values.fill_null(math.nan).to_numpy())
    return np.stack(columns, axis=1).astype(np.float32)


def _tags_of_cell(task: MultiLabel, cells: Cells, name: str) -> Array:
    text = cells.text(name, task.source.missing)
    meaning = {**{label: i for i, label in enumerate(task.labels)}, **_coded(task)}
    target = np.full((len(text), len(task)), math.nan, dtype=np.float32)
    for row, cell in enumerate(text.to_list()):
        if cell is None:
            continue
        target[row] = 0
        for tag in () if cell == task.source.empty else filter(None, map(str.strip, cell.split(task.source.separator))):
            if tag not in meaning:
                raise cells.error(
                    row,
                    name,
                    f"unknown tag {tag!r} of task {task.name!r}",
                    fix=closest(tag, meaning) or shorten(meaning),
                )
            target[row, meaning[tag]] = 1
    return target


def _dimensions(task: Dimensional, cells: Cells) -> Array:
    columns = [_numbers(cells, task.source.columns.get(dim, dim), task, dim) for dim in task.dims]
    return np.stack(columns, axis=1)


def _numbers(cells: Cells, name: str, task: Dimensional, dim: str) -> Array:
    column = cells.column(name)
    markers = (*cells.missing, *task.source.missing)
    if column.dtype.is_numeric():
        text = column.cast(pl.String)
        values = column.cast(pl.Float64).fill_nan(None)
        given = values.is_not_null()
    else:
        text = cells.text(name, markers)
        values = text.cast(pl.Float64, strict=False)
        given = text.is_not_null()
    numbers = [float(marker) for marker in markers if _is_number(marker)]
    given = given & ~values.is_in(numbers).fill_null(False)
    array = values.fill_null(math.nan).to_numpy().copy()
    array[~given.to_numpy()] = math.nan
    low, high = task.range or (-np.finfo(float).max, np.finfo(float).max)
    bad = np.flatnonzero(given.to_numpy() & ~((array >= low) & (array <= high)))
    if len(bad):
        row = int(bad[0])
        finite = bool(np.isfinite(array[row]))
        what = f"{dim} = {text[row]}" if finite else f"{text[row]!r} is not a finite number"
        expected = f"a number in [{low:g}, {high:g}], or missing" if task.range else "a number, or missing"
        fix = f"declare it as a marker of missing values (missing: [{text[row]}]) or mend the range" if finite else None
        raise cells.error(row, name, what, expected=expected, fix=fix)
    return array


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
