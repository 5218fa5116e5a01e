"""Warn of rows that look like a mistake: duplicate ids, names of splits that differ in case, truncated rows."""

from __future__ import annotations

import csv
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.advice import looks_missing
from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.csv_text import Head, text_rows
from gcnlabel.annotations.spellings import canonical
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.tasks.matching import folded

SHOWN = 5
"""Number of rows that a warning names."""


def warn_odd_rows(annotations: Annotations, where: str, first_row: int) -> None:
    """Warn of duplicate ids, and of names of splits or groups that differ only in case or spaces.

    Args:
        annotations: All rows of a table.
        where: Name of the table in messages.
        first_row: Number of the first row in messages.
    """
    if annotations.ids is not None:
        _warn_doubled(annotations.ids, where, first_row)
    for what, names in (("split", annotations.split), ("group", annotations.groups)):
        if names is not None:
            _warn_alike(names, what, where, first_row)
    if annotations.groups is not None:
        _warn_nameless(annotations.groups, where, first_row)


def warn_cut_rows(path: Path, head: Head) -> None:
    """Warn of rows of a CSV file with fewer cells than its header; their missing cells are read as empty."""
    short: list[int] = []
    with suppress(csv.Error, UnicodeDecodeError):
        width = len(head.names) - head.trailing
        short += (number for number, cells in text_rows(path, head) if len(cells) < width and (cells or width > 1))
    if short:
        _warn(f"{len(short)} row(s) of {path} are truncated: their missing cells are read as empty", short)


def overlong_row(path: Path, head: Head) -> InputError | None:
    """Return an error that names the first row of a CSV file with more cells than its header, or None."""
    with suppress(csv.Error, UnicodeDecodeError):
        for number, cells in text_rows(path, head):
            if len(cells) > len(head.names):
                extra = cells[len(head.names) :]
                end = head.delimiter * len(extra)
                empty = f"add {end!r} to the header too, or delete the empty cells: {path.name}, row {number}"
                return InputError(
                    f"{path} cannot be read: row {number} has {len(cells)} cells",
                    where=f"{path}, row {number}",
                    expected=f"{len(head.names)} cells, as in the header; the delimiter is {head.delimiter!r}",
                    fix=empty
                    if not any(map(str.strip, extra))
                    else f'quote cells that hold {head.delimiter!r}, as in "a{head.delimiter}b"; for another '
                    "delimiter: data.delimiter in a config, build-graph --delimiter",
                )
    return None


def _warn_doubled(ids: npt.NDArray[Any], where: str, first_row: int) -> None:
    _, place, counts = np.unique(ids, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(counts[place] > 1)
    if len(rows):
        names = shorten(dict.fromkeys(ids[rows].tolist()), 3)
        _warn(f"{int((counts > 1).sum())} id(s) of {where} occur in several rows: {names}", rows + first_row)


def _warn_nameless(groups: npt.NDArray[Any], where: str, first_row: int) -> None:
    for name in np.unique(groups).tolist():
        rows = np.flatnonzero(groups == name)
        if looks_missing(name) and len(rows) > 1:
            _warn(f"{len(rows)} rows of {where} have the group {name!r} and are kept together", rows + first_row)


def _warn_alike(given: npt.NDArray[Any], kind: str, where: str, first_row: int) -> None:
    names, counts = np.unique(given, return_counts=True)
    usual: dict[str, str] = {}
    for name in names[np.argsort(-counts, kind="stable")].tolist():
        first = usual.setdefault(canonical(folded(name)), name)
        if first != name:
            rows = np.flatnonzero(given == name)
            what = f"{len(rows)} row(s) of {where} have the {kind} {name!r}"
            _warn(f"{what}, which differs from {first!r} only in case, spaces or spelling", rows + first_row)


def _warn(text: str, rows: Any) -> None:
    warnings.warn(f"{text} (rows {shorten(rows, SHOWN)})", GcnlabelWarning, stacklevel=4)
