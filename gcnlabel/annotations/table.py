"""Read annotations of CSV and Parquet tables, as a whole or in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.frames import from_cells
from gcnlabel.annotations.layout import AS_SEEN, Layout
from gcnlabel.annotations.listed_tags import list_columns, value_lists
from gcnlabel.annotations.long_form import widened
from gcnlabel.annotations.odd_rows import warn_odd_rows
from gcnlabel.annotations.table_file import TableFile, open_table
from gcnlabel.annotations.tag_signs import TagSigns
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

ROWS_AT_ONCE = 100_000
"""Default number of rows of a chunk."""


def read_table(
    path: str | Path,
    tasks: TaskSet,
    *,
    layout: Layout = AS_SEEN,
    split_column: str | None = None,
    id_column: str | None = None,
    group_column: str | None = None,
    missing: tuple[str, ...] = (),
) -> Annotations:
    """Return the annotations of a CSV (also gzipped) or Parquet file; see :func:`from_frame` for its columns.

    Args:
        path: The file; ``.parquet`` and ``.pq`` are Parquet, everything else is text.
        tasks: Tasks to read.
        layout: Layout of the file, where it cannot be detected.
        split_column: Column that names each row's split.
        id_column: Column that names each row.
        group_column: Column that names each row's group, as :class:`Annotations` holds it.
        missing: Cell texts that mean "not annotated" in every column, in addition to empty cells.

    Raises:
        InputError: The file is missing, empty, has no rows, or a cell cannot be read; the message names row and column.

    Warns:
        GcnlabelWarning: Rows are truncated, ids are duplicates, or names of splits differ only in case or spaces.
    """
    options: dict[str, Any] = {"split_column": split_column, "id_column": id_column, "group_column": group_column}
    options["missing"] = tuple(missing)
    file = open_table(path, layout)
    parts, signs = [], TagSigns()
    for part, cells in _parts(file, tasks, layout, ROWS_AT_ONCE, **options):
        parts.append(part)
        signs.merge(cells.signs)
    whole = Annotations.concatenate(parts).of_tasks(signs.decided(tasks))
    if layout.long is None:
        file.warn(len(whole))
        warn_odd_rows(whole, str(path), file.first_row)
    return whole


def iter_table(
    path: str | Path,
    tasks: TaskSet,
    *,
    layout: Layout = AS_SEEN,
    split_column: str | None = None,
    id_column: str | None = None,
    group_column: str | None = None,
    missing: tuple[str, ...] = (),
    chunk_rows: int = ROWS_AT_ONCE,
) -> Iterator[Annotations]:
    """Yield the annotations of a file in chunks of ``chunk_rows`` rows, for files larger than memory.

    A file in long form is one chunk, since the rows of a sample may be anywhere.

    Raises:
        InputError: As for :func:`read_table`; for a column in which the meaning of -1 is unknown, after the last chunk.
    """
    options: dict[str, Any] = {"split_column": split_column, "id_column": id_column, "group_column": group_column}
    options["missing"] = tuple(missing)
    signs = TagSigns()
    for part, cells in _parts(open_table(path, layout), tasks, layout, chunk_rows, **options):
        yield part
        signs.merge(cells.signs)
    signs.decided(tasks)


def read_rows(
    path: str | Path,
    tasks: TaskSet,
    first: int,
    count: int,
    *,
    layout: Layout = AS_SEEN,
    split_column: str | None = None,
    missing: tuple[str, ...] = (),
) -> tuple[Annotations, TagSigns]:
    """Return the annotations of ``count`` rows of a file, from row ``first`` (the first is 0) on.

    Returns:
        The annotations, and the rows' :class:`TagSigns`, to be merged over all rows and then decided.

    Raises:
        InputError: As for :func:`read_table`.
    """
    file = open_table(path, layout)
    with file.readable():
        frame = file.scan().slice(first, count).collect()
    cells = _cells(file, frame, file.first_row + first, layout, missing)
    cells = replace(cells, value_lists=_value_lists(file, tasks, layout, missing))
    if layout.long is not None:
        cells = widened(cells, layout.long, _columns(tasks), [split_column] if split_column else [])
    return from_cells(cells, tasks, split_column=split_column, id_column=None), cells.signs


def count_rows(path: str | Path, layout: Layout = AS_SEEN) -> int:
    """Return the number of rows of a CSV or Parquet file, without loading them.

    Raises:
        InputError: The file cannot be read, or has no rows.
    """
    file = open_table(path, layout)
    with file.readable():
        rows = int(file.scan().select(pl.len()).collect().item())
    if rows == 0:
        raise InputError(f"{path} has a header without rows", expected="at least one row")
    return rows


def _parts(
    file: TableFile,
    tasks: TaskSet,
    layout: Layout,
    chunk_rows: int,
    *,
    missing: tuple[str, ...],
    **columns: str | None,
) -> Iterator[tuple[Annotations, Cells]]:
    row = file.first_row
    with file.readable():
        lazy = file.scan()
        of_lists = _value_lists(file, tasks, layout, missing)
        whole = (
            [lazy.collect()]
            if layout.long is not None
            else lazy.collect_batches(chunk_size=chunk_rows, maintain_order=True)
        )
        for frame in whole:
            if len(frame) == 0:
                continue
            cells = replace(_cells(file, frame, row, layout, missing), value_lists=of_lists)
            if layout.long is not None:
                kept = [name for name in columns.values() if name is not None]
                cells = widened(cells, layout.long, _columns(tasks), kept)
            yield from_cells(cells, tasks, **columns), cells
            row += len(frame)
    if row == file.first_row:
        raise InputError(f"{file.path} has a header without rows", expected="at least one row")


def _value_lists(file: TableFile, tasks: TaskSet, layout: Layout, missing: tuple[str, ...]) -> dict[str, bool]:
    """Return which columns of lists hold one value per label, decided from the whole file; see `value_lists`."""
    wanted = list_columns(tasks) if layout.long is None else []
    if not wanted:
        return {}
    frame = file.scan().collect()
    return value_lists(tasks, _cells(file, frame, file.first_row, layout, missing))


def _cells(file: TableFile, frame: pl.DataFrame, row: int, layout: Layout, missing: tuple[str, ...]) -> Cells:
    frame = file.checked(frame, row)
    where = str(file.path)
    return Cells(frame, where, row, missing, decimal=layout.decimal, doubled=file.doubled, note=file.note)


def _columns(tasks: TaskSet) -> list[str]:
    """Return the columns that may hold the tasks."""
    named = [task.source.column_of(label) for task in tasks for label in task.labels]
    return [*named, *(task.source.column or task.name for task in tasks)]
