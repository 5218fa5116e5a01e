"""Read CSV re-packs of EMOTIC. Lists in cells are Python literals, parsed without running code."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from gcnlabel.annotations.table_file import POLARS_ERRORS
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.faces.emotic.mat import Person
from gcnlabel.files import existing_file

COLUMNS = ("Folder", "Filename", "BBox", "Categorical_Labels", "Continuous_Labels")


def csv_persons(path: str | Path, split: str) -> Iterator[Person]:
    """Yield the persons of one split's file.

    Raises:
        InputError: A column is missing, or a cell is not a list of names or numbers.
    """
    path = existing_file(path, "EMOTIC annotations")
    try:
        frame = pl.read_csv(path, infer_schema=False, glob=False).rename(str.strip)
    except POLARS_ERRORS as error:
        raise InputError(f"{path} cannot be read: {error}", expected="a CSV re-pack of EMOTIC") from error
    for name in COLUMNS:
        if name not in frame.columns:
            raise InputError(
                f"no column {name!r}",
                where=f"{path}, header",
                expected=shorten(COLUMNS),
                fix=closest(name, frame.columns),
            )
    for number, (folder, filename, *lists) in enumerate(frame.select(COLUMNS).iter_rows(), start=2):
        where = f"{path}, row {number}"
        if not any((folder, filename, *lists)):
            continue  # an empty line
        if not folder or not filename:
            raise InputError("Folder or Filename is empty", where=where)
        box, names, rating = (_list(cell, f"{where}, column {c!r}") for cell, c in zip(lists, COLUMNS[2:], strict=True))
        values = _numbers(rating, f"{where}, column 'Continuous_Labels'") or [math.nan] * 3
        if len(values) != 3:
            raise InputError(f"{len(values)} dimensions", where=where, expected="[valence, arousal, dominance]")
        yield Person(
            split=split,
            image=f"{folder}/{filename}".replace("\\", "/"),
            box=tuple(_numbers(box, f"{where}, column 'BBox'")),
            categories=tuple(dict.fromkeys(str(name) for name in names)),
            continuous=(values[0], values[1], values[2]),
            annotators=1,
            where=where,
        )


def _list(cell: str | None, where: str) -> list[Any]:
    """Return the list in a cell; an empty cell is an empty list, and ``nan`` in a list is None."""
    if cell is None or cell.strip() in ("", "nan"):
        return []
    try:
        value = ast.literal_eval(cell.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = _without_nan(cell)
    if not isinstance(value, list | tuple):
        raise InputError(
            f"{cell!r} is not a list", where=where, expected="a Python list, e.g. ['Peace', 'Fear'] or [1, 2]"
        )
    return list(value)


def _without_nan(cell: str) -> Any:
    try:
        return ast.literal_eval(re.sub(r"\bnan\b", "None", cell.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _numbers(values: list[Any], where: str) -> list[float]:
    for value in values:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise InputError(f"{value!r} is not a number", where=where, expected="numbers")
    try:
        return [math.nan if value is None else float(value) for value in values]
    except OverflowError as error:
        raise InputError("a number that is too large", where=where, expected="pixels, or ratings in 1..10") from error
