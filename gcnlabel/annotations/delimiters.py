"""Detect the delimiter of a text file, and split its lines."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice
from typing import Any

from gcnlabel.annotations.layout import Layout

DELIMITERS = ",;\t|"


def reader(lines: Any, delimiter: str, quotes: bool = True) -> Any:
    """Return an iterator over rows, lists of cells; ``quotes``: whether cells may be quoted."""
    quoting: Any = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    if delimiter == " ":
        stripped = (line.strip() for line in lines)
        return csv.reader(stripped, delimiter=" ", skipinitialspace=True, quoting=quoting)
    return csv.reader(lines, delimiter=delimiter, quoting=quoting)


def seen_delimiter(lines: Sequence[str], layout: Layout) -> str:
    """Return the most likely delimiter: it gives header and rows the same number of cells, and the most cells.

    With declared names of columns, the number of cells closest to the number of names decides.
    """
    wanted = len(layout.names) or None
    found: dict[str, tuple[bool, int]] = {}
    for delimiter in DELIMITERS:
        widths = [len(row) for row in islice(reader(lines, delimiter, layout.quotes), 6) if row]
        if widths[0] > 1 and wanted is None:
            found[delimiter] = (len(set(widths)) == 1, widths[0])
        elif widths[0] > 1 and wanted is not None:
            found[delimiter] = (set(widths) == {wanted}, -abs(widths[0] - wanted))
    if not found:
        return " " if _divided_by_spaces(lines, wanted, layout.quotes) else ","
    return max(found, key=lambda delimiter: found[delimiter])


def _divided_by_spaces(lines: Sequence[str], wanted: int | None, quotes: bool) -> bool:
    """Return whether lines are cells between spaces: the header may lack the name of the first column."""
    widths = [len(row) for row in islice(reader(lines, " ", quotes), 50) if row]
    first, rows = widths[0], set(widths[1:])
    if wanted is not None:
        return {first, *rows} == {wanted} and wanted > 1
    return first > 1 and (rows in ({first}, {first + 1}))
