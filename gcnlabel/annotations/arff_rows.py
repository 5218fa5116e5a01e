"""Parse dense and sparse rows of an ARFF file into a matrix."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from gcnlabel.annotations.arff_attribute import Attribute, Coder
from gcnlabel.annotations.arff_text import Token, grouped, joined, tokens, without_weight

SPECIAL = frozenset("'\"\\%{}")
Cell = str | None


class Rows:
    """The rows read so far.

    Attributes:
        lines: Number of each row's line.
        weighted: Numbers of the lines whose instance weight is not 1.
        sparse: Whether the first row is sparse; a file may mix both.
    """

    def __init__(self, attributes: Sequence[Attribute]) -> None:
        self.coders = [Coder(attribute) for attribute in attributes]
        self.lines: list[int] = []
        self.weighted: list[int] = []
        self.sparse = False
        self._quick = [coder.quick for coder in self.coders]
        self._all = array("q", range(len(self.coders)))
        self._values, self._columns, self._ends = array("d"), array("q"), array("q", [0])

    def add(self, number: int, line: str) -> None:
        """Read a row.

        Raises:
            ValueError: The row cannot be read.
        """
        is_sparse = line.startswith("{")
        if not self.lines:
            self.sparse = is_sparse
        self.lines.append(number)
        if not is_sparse and self._added_quickly(line):
            return
        cells = self._simple(line, is_sparse)
        if cells is None:
            row, weight = without_weight(tokens(line))
            cells = _sparse_cells(row) if is_sparse else list(enumerate(self._dense_cells(row)))
            self.weighted += [number] if weight != 1 else []
        self._append(cells)

    def matrix(self) -> Any:
        """Return the cells, float64 [N, columns], as a CSR matrix where the file is sparse."""
        shape = (len(self.lines), len(self.coders))
        if not self.sparse and len(self._values) == shape[0] * shape[1]:
            return np.array(self._values).reshape(shape)
        parts = [np.array(part) for part in (self._values, self._columns, self._ends)]
        matrix = sparse.csr_matrix(tuple(parts), shape=shape)
        matrix.sort_indices()
        return matrix if self.sparse else matrix.toarray()

    def _added_quickly(self, line: str) -> bool:
        """Add a dense row if all its cells are usual; return whether it was added."""
        if "_" in line or not SPECIAL.isdisjoint(line):
            return False
        cells = line.split(",")
        if len(cells) != len(self._quick):
            return False
        try:
            values = [read(cell) for read, cell in zip(self._quick, cells, strict=True)]
        except (KeyError, ValueError):
            return False
        if math.inf in values or -math.inf in values:
            return False
        self._values.extend(values)
        self._columns.extend(self._all)
        self._ends.append(len(self._columns))
        return True

    def _append(self, cells: list[tuple[int, Cell]]) -> None:
        found = dict(cells)
        if len(found) < len(cells):
            raise ValueError("duplicate index")
        for column, cell in cells:
            if column >= len(self.coders):
                raise ValueError(f"index {str(column)[:20]} of {len(self.coders)} attributes, counted from 0")
            self._values.append(self.coders[column](cell))
        self._columns.extend(found)
        self._ends.append(len(self._columns))

    def _simple(self, line: str, is_sparse: bool) -> list[tuple[int, Cell]] | None:
        """Return the cells of a row without quotes, escapes, comments or weights; None for any other row."""
        inner = line[1:-1] if is_sparse and line.endswith("}") else line
        if not SPECIAL.isdisjoint(inner):
            return None
        if not is_sparse:
            cells = [cell.strip() for cell in inner.split(",")]
            whole = len(cells) == len(self.coders) and all(cells)
            return [(i, None if cell == "?" else cell) for i, cell in enumerate(cells)] if whole else None
        pairs = [cell.split() for cell in inner.split(",")] if inner.strip() else []
        if not all(len(pair) == 2 and pair[0].isascii() and pair[0].isdigit() for pair in pairs):
            return None
        return [(int(index), None if cell == "?" else cell) for index, cell in pairs]

    def _dense_cells(self, row: list[Token]) -> list[Cell]:
        """Return the cells separated by commas or, if their number is wrong, also by spaces and tabs."""
        groups = grouped(row)
        if len(groups) != len(self.coders):
            groups = [[token] for group in groups for token in group]
        if len(groups) != len(self.coders):
            few = "too few" if len(groups) < len(self.coders) else "more than attributes"
            raise ValueError(f"{len(groups)} cells, {few}: expected {len(self.coders)} cells")
        return [joined(group) for group in groups]


def _sparse_cells(row: list[Token]) -> list[tuple[int, Cell]]:
    """Return the cells of ``{index value, ...}``, separated by commas or, if there is none, by spaces.

    Raises:
        ValueError: A brace, an index or a value is missing, or an index is no number.
    """
    if row[-1].kind != "}":
        raise ValueError("a sparse row without its closing brace")
    groups = grouped(row[1:-1])
    if len(groups) == 1 and len(groups[0]) % 2 == 0:
        groups = [groups[0][i : i + 2] for i in range(0, len(groups[0]), 2)]
    cells = []
    for group in groups:
        index = group[0].text
        if len(group) < 2 or not (index.isascii() and index.isdigit()):
            raise ValueError(f"{' '.join(token.text for token in group)[:40]!r} is no sparse cell: index value")
        cells.append((int(index), joined(group[1:])))
    return cells
