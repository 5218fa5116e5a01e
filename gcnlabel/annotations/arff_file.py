"""The ARFF format: header and rows, dense or sparse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import existing_file

NUMERIC = ("numeric", "real", "integer")
TOKEN = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s,{}]+))""")


@dataclass(frozen=True)
class Attribute:
    """A column: its name, and its values when it is nominal (None: numeric)."""

    name: str
    values: tuple[str, ...] | None = None

    def number(self, text: str) -> float:
        """Return a cell as a number: its value, or the index of a nominal value; NaN for ``?``."""
        if text == "?":
            return float("nan")
        if self.values is None:
            return float(text)
        if text not in self.values:
            raise ValueError(f"{text!r} is none of {shorten(self.values)}")
        return float(self.values.index(text))


@dataclass(frozen=True)
class ArffFile:
    """A whole file.

    Attributes:
        relation: Its name.
        attributes: Its columns.
        cells: [N, columns]; dense with NaN for ``?``, or CSR; nominal values as their index.
    """

    relation: str
    attributes: tuple[Attribute, ...]
    cells: Any


def read_arff_file(path: str | Path) -> ArffFile:
    """Read an ARFF file of numeric and nominal attributes.

    Raises:
        InputError: A line cannot be read; it is named.
    """
    path = existing_file(path, "ARFF file")
    relation, attributes, data = "", [], False
    rows: list[tuple[int, str]] = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, raw in enumerate(lines, 1):
            line = raw.strip()
            if not line or line.startswith("%"):
                continue
            if data:
                rows.append((number, line))
                continue
            keyword, _, rest = line.partition(" ") if "\t" not in line else re.split(r"(\s)", line, maxsplit=1)
            if keyword.lower() == "@relation":
                relation = _token(rest)[0]
            elif keyword.lower() == "@attribute":
                attributes.append(_attribute(rest, f"{path}, line {number}"))
            elif keyword.lower() == "@data":
                data = True
            else:
                raise InputError(
                    f"unknown line {line[:60]!r}", where=f"{path}, line {number}", expected="@attribute ..."
                )
    if not attributes or not rows:
        raise InputError(f"{path} has no {'rows' if attributes else 'attributes'}", expected="an ARFF file")
    names = [attribute.name for attribute in attributes]
    if len(set(names)) < len(names):
        raise InputError(f"attributes stand twice: {shorten({n for n in names if names.count(n) > 1})}", where=path)
    return ArffFile(relation, tuple(attributes), _cells(rows, attributes, path))


def _token(text: str) -> tuple[str, str]:
    """Return the first, maybe quoted, word of a text, and the rest."""
    match = TOKEN.match(text)
    if match is None:
        return "", text
    quoted = match.group(1) if match.group(1) is not None else match.group(2)
    word = match.group(3) if quoted is None else quoted
    return re.sub(r"\\(.)", r"\1", word), text[match.end() :]


def _attribute(text: str, where: str) -> Attribute:
    name, kind = _token(text)
    kind = kind.strip()
    if kind.split("(")[0].split()[:1] and kind.split()[0].lower() in NUMERIC:
        return Attribute(name)
    if kind.startswith("{") and kind.endswith("}"):
        return Attribute(name, tuple(_split(kind[1:-1])))
    raise InputError(
        f"attribute {name!r} has the type {kind[:40]!r}", where=where, expected=f"{', '.join(NUMERIC)} or {{a, b, ...}}"
    )


def _split(text: str) -> list[str]:
    """Split at commas, heeding quotes and escapes."""
    if not re.search(r"[\"'\\]", text):
        return [part.strip() for part in text.split(",")]
    parts = []
    while text.strip():
        word, text = _token(text)
        parts.append(word)
        text = text.lstrip().removeprefix(",")
    return parts


def _cells(
    rows: list[tuple[int, str]], attributes: list[Attribute], path: Path
) -> npt.NDArray[np.float64] | sparse.csr_matrix:
    is_sparse = rows[0][1].startswith("{")
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for number, line in rows:
        try:
            for column, text in _sparse_row(line) if is_sparse else enumerate(_split(line)):
                columns.append(column)
                values.append(attributes[column].number(text))
        except (ValueError, IndexError) as error:
            what = "more cells than attributes" if isinstance(error, IndexError) else str(error)
            raise InputError(f"a row that cannot be read: {what}", where=f"{path}, line {number}") from error
        if not is_sparse and len(values) - ends[-1] != len(attributes):
            raise InputError(
                f"{len(values) - ends[-1]} cells", where=f"{path}, line {number}", expected=f"{len(attributes)} cells"
            )
        ends.append(len(values))
    shape = (len(rows), len(attributes))
    if is_sparse:
        return sparse.csr_matrix((values, columns, ends), shape=shape, dtype=np.float64)
    return np.array(values, dtype=np.float64).reshape(shape)


def _sparse_row(line: str) -> list[tuple[int, str]]:
    if not (line.startswith("{") and line.endswith("}")):
        raise ValueError("a sparse row without braces")
    pairs = []
    for cell in _split_sparse(line[1:-1]):
        index, _, value = cell.partition(" ")
        pairs.append((int(index), _token(value)[0]))
    return pairs


def _split_sparse(text: str) -> list[str]:
    return [cell.strip() for cell in re.split(r",(?=\s*\d+\s)", text) if cell.strip()]
