"""polars and pandas frames -> annotations."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.column_names import unique_names
from gcnlabel.annotations.odd_rows import warn_odd_rows
from gcnlabel.annotations.targets import target_of
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

OPTIONS = {
    "split": "data.split_column (build-graph: --split-column) names the column; where there is none, data.splits draws "
    "a split: {train: .7, val: .15, test: .15} (build-graph: --split all takes every row)",
    "ids": "data.id_column names the column",
    "groups": "data.group_column names the column",
}
"""Advice for messages about a missing column of splits, ids or groups."""


def from_frame(
    frame: Any,
    tasks: TaskSet,
    *,
    split_column: str | None = None,
    id_column: str | None = None,
    missing: tuple[str, ...] = (),
    where: str = "frame",
    first_row: int = 0,
) -> Annotations:
    """Return the annotations of a polars or pandas frame.

    The ``source`` of a task, a :class:`~gcnlabel.tasks.Columns`, names its columns. By default a categorical task is in
    the column of its own name, as class names, and each tag or dimension in the column of its name.

    Args:
        frame: The table, one row per sample.
        tasks: Tasks to read.
        split_column: Column that names each row's split.
        id_column: Column that names each row.
        missing: Cell texts that mean "not annotated" in every column, in addition to empty cells.
        where: Name of the table in messages.
        first_row: Number of the first row in messages.

    Raises:
        InputError: A column is missing, a class or tag is unknown, a cell is no number or out of its range.

    Example:
        >>> from gcnlabel.tasks import Categorical
        >>> tasks = TaskSet([Categorical("expression", ["sad", "happy"])])
        >>> from_frame(pl.DataFrame({"expression": ["happy", None]}), tasks).targets["expression"].tolist()
        [1, -1]
    """
    doubled = unique_names([str(name) for name in getattr(frame, "columns", ())])[1]
    cells = Cells(_polars(frame), where, first_row, tuple(missing), doubled=doubled)
    annotations = from_cells(cells, tasks, split_column=split_column, id_column=id_column)
    annotations = annotations.of_tasks(cells.signs.decided(tasks))
    warn_odd_rows(annotations, where, first_row)
    return annotations


def from_cells(
    cells: Cells, tasks: TaskSet, *, split_column: str | None, id_column: str | None, group_column: str | None = None
) -> Annotations:
    """Return the annotations of a table, or of a part of it, as :func:`from_frame` does, without warnings.

    The meaning of -1 is decided after all parts are read, from the ``signs`` of their cells.
    """
    names = {"split": split_column, "ids": id_column, "groups": group_column}
    asked = {key: name for key, name in names.items() if name is not None}
    rest = {key: cells.complete(name, OPTIONS[key], markers=key == "groups") for key, name in asked.items()}
    return Annotations(tasks, {task.name: target_of(task, cells) for task in tasks}, **rest)


def _polars(frame: Any) -> pl.DataFrame:
    if isinstance(frame, pl.DataFrame):
        return frame
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if type(frame).__module__.partition(".")[0] == "pandas":
        cells = frame.astype(object).where(frame.notna(), None)
        names, _ = unique_names([str(name) for name in cells.columns])
        return pl.DataFrame({name: _column(cells.iloc[:, i].tolist()) for i, name in enumerate(names)})
    raise InputError(f"a {type(frame).__name__}", expected="a polars or pandas frame")


def _column(cells: list[Any]) -> pl.Series:
    """Return a column of pandas' objects; lists, tuples, sets and arrays become lists."""
    plain = [list(cell) if isinstance(cell, tuple | set | frozenset | np.ndarray) else cell for cell in cells]
    if any(isinstance(cell, list) for cell in plain) and not all(isinstance(cell, list | None) for cell in plain):
        plain = [json.dumps([str(item) for item in cell]) if isinstance(cell, list) else cell for cell in plain]
    return pl.Series(plain, strict=False)
