"""CSV files as text: their header, their delimiter, and how many cells each row has."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from gcnlabel.errors import InputError, shorten


def delimiter_of(path: Path, given: str | None = None) -> str:
    """Return what stands between the cells of a CSV file: what is given, or what its header has most of.

    Raises:
        InputError: The file is no text, or its header names a column twice.
    """
    header = _first_line(path)
    delimiter = given or max(",;\t|", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"columns stand twice: {shorten(twice)}", where=f"{path}, header")
    return delimiter


def row_widths(path: Path, delimiter: str) -> Iterator[tuple[int, int, int]]:
    """Yield number, number of cells and that of the header, of each row of a CSV file; the header is row 1."""
    with _open(path) as lines:
        rows = csv.reader(lines, delimiter=delimiter)
        width = len(next(rows))
        for number, cells in enumerate(rows, 2):
            yield number, len(cells) if width > 1 else max(1, len(cells)), width


def _first_line(path: Path) -> str:
    try:
        with _open(path) as lines:
            return str(lines.readline()).rstrip("\r\n")
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise InputError(f"{path} is not a text file: {error}", expected="CSV in UTF-8, or .parquet") from error


def _open(path: Path) -> IO[Any]:
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8-sig", newline="")
