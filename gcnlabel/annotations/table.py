"""CSV and Parquet tables -> annotations, whole or in parts that fit in memory."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.frames import from_frame
from gcnlabel.errors import InputError, shorten
from gcnlabel.files import existing_file
from gcnlabel.tasks import TaskSet


def read_table(
    path: str | Path,
    tasks: TaskSet,
    *,
    delimiter: str | None = None,
    split_column: str | None = None,
    id_column: str | None = None,
    missing: tuple[str, ...] = (),
) -> Annotations:
    """Return the annotations of a CSV (also gzipped) or Parquet file; see :func:`from_frame` for its columns.

    Args:
        path: The file; ``.parquet`` and ``.pq`` are Parquet, everything else is text.
        tasks: Tasks to read.
        delimiter: What stands between cells; None to see it from the header (comma, semicolon, tab or bar).
        split_column: Column that names each row's split.
        id_column: Column that names each row.
        missing: Cell texts that mean "not annotated" in every column, beside empty cells.

    Raises:
        InputError: The file is missing, empty, has no rows, or a cell cannot be read; row and column are named.
    """
    options = {"split_column": split_column, "id_column": id_column, "missing": tuple(missing)}
    return Annotations.concatenate(list(iter_table(path, tasks, delimiter=delimiter, **options)))  # type: ignore[arg-type]


def iter_table(
    path: str | Path,
    tasks: TaskSet,
    *,
    delimiter: str | None = None,
    split_column: str | None = None,
    id_column: str | None = None,
    missing: tuple[str, ...] = (),
    chunk_rows: int = 100_000,
) -> Iterator[Annotations]:
    """Yield the annotations of a file in parts of ``chunk_rows`` rows, for files larger than memory."""
    path = existing_file(path, "annotations")
    parquet = _is_parquet(path)
    lazy = _scan(path, delimiter)
    row = 1 if parquet else 2  # the header is line 1
    try:
        for frame in lazy.collect_batches(chunk_size=chunk_rows, maintain_order=True):
            if len(frame) == 0:
                continue
            yield from_frame(
                frame,
                tasks,
                split_column=split_column,
                id_column=id_column,
                missing=missing,
                where=str(path),
                first_row=row,
            )
            row += len(frame)
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if row <= 2 - parquet:
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
    try:
        frame = _scan(path, delimiter).slice(first, count).collect()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    row = first + (1 if _is_parquet(path) else 2)  # the header is line 1
    return from_frame(frame, tasks, split_column=split_column, missing=missing, where=str(path), first_row=row)


def count_rows(path: str | Path) -> int:
    """Return the number of rows of a CSV or Parquet file, without holding them.

    Raises:
        InputError: The file cannot be read, or has none.
    """
    path = existing_file(path, "annotations")
    try:
        rows = int(_scan(path, None).select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if rows == 0:
        raise InputError(f"{path} has a header without rows", expected="at least one row")
    return rows


def _is_parquet(path: Path) -> bool:
    return path.suffix in (".parquet", ".pq")


def _scan(path: Path, delimiter: str | None) -> pl.LazyFrame:
    return _scan_parquet(path) if _is_parquet(path) else _scan_text(path, delimiter)


def _scan_parquet(path: Path) -> pl.LazyFrame:
    try:
        lazy = pl.scan_parquet(path)
        lazy.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{path} is no Parquet file: {error}") from error
    return lazy


def _scan_text(path: Path, delimiter: str | None) -> pl.LazyFrame:
    header = _first_line(path)
    delimiter = delimiter or max(",;\t|", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"columns stand twice: {shorten(twice)}", where=f"{path}, header")
    return pl.scan_csv(path, separator=delimiter, infer_schema=False, glob=False)


def _first_line(path: Path) -> str:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig") as lines:
            return str(lines.readline()).rstrip("\r\n")
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise InputError(f"{path} is not a text file: {error}", expected="CSV in UTF-8, or .parquet") from error
