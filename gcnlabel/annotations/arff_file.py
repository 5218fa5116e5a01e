"""The ARFF format: header and rows, dense or sparse."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations.arff_attribute import Attribute, parse_attribute
from gcnlabel.annotations.arff_rows import Rows
from gcnlabel.annotations.arff_text import arff_lines
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.files import existing_file

DECLARATION = re.compile(r"@(\w+)(.*)", re.DOTALL)
Lines = Iterator[tuple[int, str]]


@dataclass(frozen=True)
class ArffFile:
    """A parsed ARFF file.

    Attributes:
        path: Its path.
        relation: Name of the relation, as written.
        attributes: Its columns.
        cells: Float64 [N, columns], dense or CSR, NaN for ``?``; nominal values and texts as their index.
        lines: Line number of each row.
    """

    path: Path
    relation: str
    attributes: tuple[Attribute, ...]
    cells: Any
    lines: list[int]

    def place(self, name: str) -> int | None:
        """Return the index of a column, or None."""
        return next((i for i, attribute in enumerate(self.attributes) if attribute.name == name), None)

    def column(self, place: int) -> npt.NDArray[np.float64]:
        """Return the cells of a column, float64 [N]."""
        part = self.cells[:, [place]]
        dense: npt.NDArray[np.float64] = part.toarray() if sparse.issparse(part) else np.asarray(part)
        return dense[:, 0]

    def used(self, place: int) -> list[str]:
        """Return the distinct values of a column, sorted by their codes."""
        codes = np.unique(self.column(place))
        return [self.attributes[place].value(code) for code in codes[~np.isnan(codes)].tolist()]

    def left_out(self, place: int) -> int:
        """Return the number of sparse rows that leave out a column."""
        return len(self.lines) - int(self.cells[:, [place]].nnz) if sparse.issparse(self.cells) else 0


def read_arff_file(path: str | Path, encodings: Iterable[str] = ()) -> ArffFile:
    """Read an ARFF file of numeric, nominal, string and date attributes.

    Args:
        path: The file.
        encodings: Encodings to try if it is no UTF-8, as declared by another file of the data set.

    Raises:
        InputError: A line cannot be read; the message names it.

    Warns:
        GcnlabelWarning: Rows or attributes have weights, which are not used.
    """
    path = existing_file(path, "ARFF file")
    lines = ((number, line.strip()) for number, line in enumerate(arff_lines(path, encodings), 1))
    written = ((number, line) for number, line in lines if line and not line.startswith("%"))
    relation, attributes = _header(written, path)
    rows = Rows(attributes)
    for number, line in written:
        try:
            rows.add(number, line)
        except ValueError as error:
            raise InputError(f"a row that cannot be read: {error}", where=f"{path}, line {number}") from error
    if not rows.lines:
        raise InputError(f"{path} has no rows", expected="an ARFF file")
    _warn_weights(path, attributes, rows)
    return ArffFile(path, relation, tuple(coder.attribute() for coder in rows.coders), rows.matrix(), rows.lines)


def _header(lines: Lines, path: Path) -> tuple[str, list[Attribute]]:
    """Consume the header; return the relation's name and the attributes."""
    relation, attributes = "", []
    for number, line in lines:
        match, where = DECLARATION.match(line), f"{path}, line {number}"
        keyword = match[1].lower() if match else ""
        if match and keyword == "relation":
            relation = match[2].strip()
        elif match and keyword == "attribute":
            attributes.append(parse_attribute(match[2], where))
        elif match and keyword == "data" and re.fullmatch(r"\s*(%.*)?", match[2]):
            break
        else:
            raise InputError(f"unknown line {line[:60]!r}", where=where, expected="@attribute ..., then @data")
    else:
        raise InputError(f"{path} has no @data section", expected="an ARFF file")
    if not attributes:
        raise InputError(f"{path} has no attributes", expected="an ARFF file")
    return relation, _by_one_name(attributes, path)


def _by_one_name(attributes: list[Attribute], path: Path) -> list[Attribute]:
    """Return the attributes; those with equal unescaped names get their names as written."""
    twice = [name for name, times in Counter(a.written for a in attributes).items() if times > 1]
    if twice:
        raise InputError(f"duplicate attributes: {shorten(twice)}", where=path)
    times = Counter(attribute.name for attribute in attributes)
    return [replace(a, name=a.written) if times[a.name] > 1 else a for a in attributes]


def _warn_weights(path: Path, attributes: list[Attribute], rows: Rows) -> None:
    heavy = [attribute.name for attribute in attributes if attribute.weight != 1]
    what = [f"of attributes ({shorten(heavy)})"] if heavy else []
    what += [f"of rows (lines {shorten(rows.weighted, 5)})"] if rows.weighted else []
    if what:
        text = f"{path}: weights {' and '.join(what)} are not used: all count equally"
        warnings.warn(text, GcnlabelWarning, stacklevel=4)
