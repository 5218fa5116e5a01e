"""Cells of a table -> targets of a task. Errors name row and column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from gcnlabel.annotations.annotations import MISSING_CLASS
from gcnlabel.annotations.cells import Cells, declare_missing, means_nothing, spellings
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, Task

Array = npt.NDArray[Any]
BINARY = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "false": 0.0, "true": 1.0, "False": 0.0, "True": 1.0}

MANY_TAGS = 256
"""Tags of one task from which a sparse matrix holds them, where each cell lists those that are there."""


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
    codes = text.replace_strict(_meaning(task), default=None, return_dtype=pl.Int64)
    bad = (text.is_not_null() & codes.is_null()).arg_true()
    if len(bad):
        given, known = text[int(bad[0])], [*task.labels, *task.source.codes]
        what = f"unknown class {given!r} of task {task.name!r}"
        raise cells.error(int(bad[0]), name, what, expected=shorten(known, 20), fix=_advice(given, task, known))
    return codes.fill_null(MISSING_CLASS).to_numpy().astype(np.int64)


def _advice(given: str, task: Categorical, known: Iterable[str]) -> str | None:
    """Return what may be done about a class that is not known."""
    if given.isdecimal() and not task.source.codes:
        return "declare what the codes mean, codes: {0: ..., 1: ...}, or the marker of missing values"
    return declare_missing(given) if means_nothing(given) else closest(given, known)


def _meaning(task: Task) -> dict[str, int]:
    """Return the index of each label and declared code, however it is written.

    Raises:
        InputError: A code stands for no label of the task.
    """
    unknown = sorted(set(task.source.codes.values()) - set(task.labels))
    if unknown:
        raise InputError(
            f"codes of task {task.name!r} name unknown labels: {shorten(unknown)}",
            expected=shorten(task.labels),
            fix=closest(unknown[0], task.labels),
        )
    exact = {label: i for i, label in enumerate(task.labels)}
    exact |= {code: exact[label] for code, label in task.source.codes.items()}
    return {form: i for text, i in exact.items() for form in spellings(text)} | exact


def _tags(task: MultiLabel, cells: Cells) -> Any:
    if task.source.column is not None:
        return _tags_of_cell(task, cells, task.source.column)
    columns = []
    for label in task.labels:
        name = task.source.columns.get(label, label)
        text = cells.text(name, task.source.missing)
        values = text.replace_strict(BINARY, default=None, return_dtype=pl.Float64)
        bad = (text.is_not_null() & values.is_null()).arg_true()
        if len(bad):
            row, given = int(bad[0]), text[int(bad[0])]
            expected, fix = "0, 1, true, false or missing", declare_missing(given)
            raise cells.error(row, name, f"{given!r} is not a tag's value", expected=expected, fix=fix)
        columns.append(values.fill_null(math.nan).to_numpy())
    return np.stack(columns, axis=1).astype(np.float32)


def _tags_of_cell(task: MultiLabel, cells: Cells, name: str) -> Any:
    """Return the tags of cells that list them, [N, tags]: sparse where tags are many and every cell is annotated."""
    text = cells.text(name, task.source.missing)
    meaning, places = _meaning(task), []
    for row, cell in enumerate(text.to_list()):
        listed = "" if cell is None or cell == task.source.empty else cell
        for tag in filter(None, map(str.strip, listed.split(task.source.separator))):
            if tag not in meaning:
                raise _unknown_tag(task, cells, name, row, tag)
            places.append((row, meaning[tag]))
    rows, columns = np.array(sorted(set(places)), dtype=np.int64).reshape(-1, 2).T
    shape = (len(text), len(task))
    if len(task) >= MANY_TAGS and not text.null_count():
        return sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    target = np.zeros(shape, dtype=np.float32)
    target[rows, columns] = 1
    target[text.is_null().to_numpy()] = math.nan
    return target


def _unknown_tag(task: MultiLabel, cells: Cells, name: str, row: int, tag: str) -> InputError:
    known = [*task.labels, *task.source.codes]
    fix = declare_missing(tag) if means_nothing(tag) else closest(tag, known)
    if any(label in tag and label != tag for label in known):
        fix = f"separator: {task.source.separator!r} stands between the tags of a cell; declare another for this task"
    what = f"unknown tag {tag!r} of task {task.name!r}"
    return cells.error(row, name, what, expected=shorten(known, 20), fix=fix)


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
        raise _bad_number(task, dim, cells, name, row, text[row], finite=bool(np.isfinite(array[row])))
    return array


def _bad_number(
    task: Dimensional, dim: str, cells: Cells, name: str, row: int, given: str, *, finite: bool
) -> InputError:
    bounds = "a number" if task.range is None else f"a number in [{task.range[0]:g}, {task.range[1]:g}]"
    fix = f"mend the range of the task; {declare_missing(given)}" if finite else declare_missing(given)
    what = f"{dim} = {given}" if finite else f"{given!r} is not a finite number"
    return cells.error(row, name, what, expected=f"{bounds}, or missing", fix=fix)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
