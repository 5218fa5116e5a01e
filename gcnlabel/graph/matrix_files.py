"""Read CSV files of a matrix, counts or edges. Labels are matched by name."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import AS_SEEN, Layout
from gcnlabel.annotations.csv_text import read_head, text_rows
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import existing_file
from gcnlabel.tasks.number_text import number_of

Floats = npt.NDArray[np.float64]


def read_matrix(path: str | Path, layout: Layout = AS_SEEN) -> tuple[list[str], Floats]:
    """Read a square matrix whose header and first column are label names, in any order.

    Returns:
        Labels in the order of the header, and the matrix [L, L] with rows in that order too.

    Raises:
        InputError: A name occurs twice, or only in rows or only in columns, or a cell is not a finite number.
    """
    header, rows = _read_rows(path, layout)
    labels = header[1:]
    _check_names(labels, path)
    return labels, _square(labels, dict(_named(rows, labels, path)), path)


def read_counts(path: str | Path, layout: Layout = AS_SEEN) -> tuple[list[str], Floats, Floats]:
    """Read counts and co-occurrences: header ``label,count,<labels>``, one row per label.

    Returns:
        Labels, number of samples with each label [L], and of samples with both [L, L].

    Raises:
        InputError: As for :func:`read_matrix`; or a count is negative or below one of its co-occurrences.
    """
    header, rows = _read_rows(path, layout)
    if header[1:2] != ["count"]:
        raise InputError(f"the second column is {header[1:2]}", where=path, expected="label,count,<labels>")
    labels = header[2:]
    _check_names(labels, path)
    by_name = dict(_named(rows, labels, path))
    counts = np.array([_number(by_name[name][0], path, name, "count") for name in labels])
    together = _square(labels, {name: cells[1:] for name, cells in by_name.items()}, path)
    np.fill_diagonal(together, 0)
    check_counts(labels, counts, together, path)
    return labels, counts, together


def check_counts(labels: Sequence[str], counts: Floats, together: Floats, path: str | Path) -> None:
    """Check that counts [L] and co-occurrences [L, L], whose diagonal is ignored, are consistent.

    Raises:
        InputError: A count is negative or below one of its co-occurrences.
    """
    together = together * (1 - np.eye(len(labels)))
    for i, label in enumerate(labels):
        if counts[i] < 0 or (together[i] < 0).any():
            raise InputError("a negative count", where=f"{path}, row {label!r}", expected="counts of samples")
        if together[i].max(initial=0) > counts[i]:
            other = labels[int(together[i].argmax())]
            raise InputError(
                f"{label!r} occurs in {counts[i]:g} samples but together with {other!r} in {together[i].max():g}",
                where=path,
                expected="co-occurrences that are at most the count",
            )


def read_edges(path: str | Path, layout: Layout = AS_SEEN) -> list[tuple[str, str, float]]:
    """Read edges: header ``source,target,weight`` (default weight: 1), one row per edge.

    A message flows from source to target: Â[target, source] = weight.

    Raises:
        InputError: A column is missing, an edge occurs twice, or a weight is not a finite number.
    """
    header, rows = _read_rows(path, layout)
    if [name.lower() for name in header] not in (["source", "target"], ["source", "target", "weight"]):
        raise InputError(f"header {','.join(header)}", where=path, expected="source,target,weight")
    edges: dict[tuple[str, str], float] = {}
    for line, cells in rows:
        pair = (cells[0], cells[1])
        if pair in edges:
            raise InputError(f"duplicate edge {pair[0]!r} -> {pair[1]!r}", where=f"{path}, row {line}")
        edges[pair] = _number(cells[2], path, f"{line}", "weight") if len(header) == 3 else 1.0
    return [(source, target, weight) for (source, target), weight in edges.items()]


def _read_rows(path: str | Path, layout: Layout) -> tuple[list[str], list[tuple[int, list[str]]]]:
    path = existing_file(path)
    head = read_head(path, layout)
    width = len(head.names) - head.trailing
    rows = [(n, [_plain(cell) for cell in cells]) for n, cells in text_rows(path, head) if any(map(str.strip, cells))]
    if layout.decimal == ",":
        rows = [(n, [cells[0], *map(_with_point, cells[1:])]) for n, cells in rows]
    if not rows:
        raise InputError(f"{path} has a header without rows")
    for line, cells in rows:
        if len(cells[:width]) != width or any(cells[width:]):
            raise InputError(f"{len(cells)} cells", where=f"{path}, row {line}", expected=f"{width}, as the header")
    return [_plain(name) for name in head.header[:width]], [(line, cells[:width]) for line, cells in rows]


def _plain(text: str) -> str:
    """Return a cell stripped and in Unicode NFC, the form in which names are matched."""
    return unicodedata.normalize("NFC", text.strip())


def _with_point(text: str) -> str:
    """Exchange decimal commas and points of a number, so that one with a point is refused later."""
    return text.translate(str.maketrans(",.", ".,")) if re.fullmatch(r"[+-]?[\d.,]+", text) else text


def _check_names(labels: list[str], path: str | Path) -> None:
    twice = sorted({name for name in labels if labels.count(name) > 1})
    if twice or "" in labels:
        raise InputError(f"duplicate or empty label names: {shorten(twice)}", where=f"{path}, header")
    if not labels:
        raise InputError("no label in the header", where=path)


def _named(rows: list[tuple[int, list[str]]], labels: list[str], path: str | Path) -> list[tuple[str, list[str]]]:
    names = [cells[0] for _, cells in rows]
    for line, cells in rows:
        if cells[0] not in labels:
            raise InputError(
                f"row {cells[0]!r} has no column", where=f"{path}, row {line}", fix=closest(cells[0], labels)
            )
        if names.count(cells[0]) > 1:
            raise InputError(f"label {cells[0]!r} has two rows", where=path)
    missing = [name for name in labels if name not in names]
    if missing:
        raise InputError(f"columns without a row: {shorten(missing)}", where=path, expected="one row per column")
    return [(cells[0], cells[1:]) for _, cells in rows]


def _square(labels: list[str], rows: dict[str, list[str]], path: str | Path) -> Floats:
    return np.array([[_number(text, path, name, labels[j]) for j, text in enumerate(rows[name])] for name in labels])


def _number(text: str, path: str | Path, row: str, column: str) -> float:
    try:
        value = number_of(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        comma = "write decimal points; build-graph also takes --decimal ," if re.fullmatch(r"-?\d*,\d+", text) else None
        raise InputError(f"{text!r} is not a finite number", where=f"{path}, row {row!r}, column {column!r}", fix=comma)
    return value
