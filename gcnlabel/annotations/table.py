"""CSV and Parquet tables -> annotations, whole or in parts that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.csv_text import delimiter_of
from gcnlabel.annotations.frames import from_cells
from gcnlabel.annotations.odd_rows import overlong_row, warn_cut_rows, warn_odd_rows
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file, unchanged
from gcnlabel.tasks import TaskSet


def read_table(
    path: str | Path,
    tasks: TaskSet,
    *,
    delimiter: str | None = None,
    split_column: str | None = None,
    id_column: str | None = None,
    group_column: str | None = None,
    missing: tuple[str, ...] = (),
) -> Annotations:
    """Return the annotations of a CSV (also gzipped) or Parquet file; see :func:`from_frame` for its columns.

    Args:
        path: The file; ``.parquet`` and ``.pq`` are Parquet, everything else is text.
        tasks: Tasks to read.
        delimiter: What stands between cells; None to see it from the header (comma, semicolon, tab or bar).
        split_column: Column that names each row's split.
        id_column: Column that names each row.
        group_column: Column that names each row's group, as :class:`Annotations` holds it.
        missing: Cell texts that mean "not annotated" in every column, beside empty cells.

    Raises:
        InputError: The file is missing, empty, has no rows, or a cell cannot be read; row and column are named.

    Warns:
        GcnlabelWarning: Rows are cut off, ids stand twice, or names of splits differ in case or spaces alone.
    """
    columns: dict[str, Any] = {"split_column": split_column, "id_column": id_column, "group_column": group_column}
    parts = iter_table(path, tasks, delimiter=delimiter, missing=missing, **columns)
    annotations = Annotations.concatenate(list(parts))
    path = Path(path)
    if not _is_parquet(path):
        warn_cut_rows(path, delimiter_of(path, delimiter))
    warn_odd_rows(annotations, str(path), _first_row(path))
    return annotations


def iter_table(
    path: str | Path,
    tasks: TaskSet,
    *,
    delimiter: str | None = None,
    split_column: str | None = None,
    id_column: str | None = None,
    group_column: str | None = None,
    missing: tuple[str, ...] = (),
    chunk_rows: int = 100_000,
) -> Iterator[Annotations]:
    """Yield the annotations of a file in parts of ``chunk_rows`` rows, for files larger than memory."""
    path = existing_file(path, "annotations")
    lazy = _scan(path, delimiter)
    row = _first_row(path)
    with _readable(path, delimiter):
        for frame in lazy.collect_batches(chunk_size=chunk_rows, maintain_order=True):
            if len(frame) == 0:
                continue
            cells = Cells(frame, str(path), row, tuple(missing))
            columns = {"split_column": split_column, "id_column": id_column, "group_column": group_column}
            yield from_cells(cells, tasks, **columns)
            row += len(frame)
    if row == _first_row(path):
        raise InputError(f"{path} has a header without rows", expected="at least one row")


def read_rows(
    path: str | Path,
    tasks: TaskSet,
    first: int,
    count: int,
    *,
    delimiter: str | None = None,
    split_column: str | None = None,
    missing: tuple[str, ...] = (),
) -> Annotations:
    """Return the annotations of ``count`` rows of a file, from row ``first`` (the first is 0) on.

    Raises:
        InputError: As :func:`read_table` does.
    """
    path = existing_file(path, "annotations")
    with _readable(path, delimiter):
        frame = _scan(path, delimiter).slice(first, count).collect()
    cells = Cells(frame, str(path), first + _first_row(path), tuple(missing))
    return from_cells(cells, tasks, split_column=split_column, id_column=None)


def count_rows(path: str | Path) -> int:
    """Return the number of rows of a CSV or Parquet file, without holding them.

    Raises:
        InputError: The file cannot be read, or has none.
    """
    path = existing_file(path, "annotations")
    with _readable(path, None):
        rows = int(_scan(path, None).select(pl.len()).collect().item())
    if rows == 0:
        raise InputError(f"{path} has a header without rows", expected="at least one row")
    return rows


@contextmanager
def _readable(path: Path, delimiter: str | None) -> Iterator[None]:
    """Say which file, and which row, cannot be read, and that a file changed meanwhile."""
    try:
        with unchanged([path]):
            yield
    except pl.exceptions.PolarsError as error:
        known = None if _is_parquet(path) else overlong_row(path, delimiter_of(path, delimiter))
        raise known or InputError(f"{path} cannot be read: {error}") from error


def _is_parquet(path: Path) -> bool:
    return path.suffix in (".parquet", ".pq")


def _first_row(path: Path) -> int:
    """Return the number of a file's first row in messages: in text, the header is row 1."""
    return 1 if _is_parquet(path) else 2


def _scan(path: Path, delimiter: str | None) -> pl.LazyFrame:
    return _scan_parquet(path) if _is_parquet(path) else _scan_text(path, delimiter)


def _scan_parquet(path: Path) -> pl.LazyFrame:
    try:
        lazy = pl.scan_parquet(path, glob=False)
        lazy.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path} is no Parquet file: {error}") from error
    return lazy


def _scan_text(path: Path, delimiter: str | None) -> pl.LazyFrame:
    return pl.scan_csv(path, separator=delimiter_of(path, delimiter), infer_schema=False, glob=False)
