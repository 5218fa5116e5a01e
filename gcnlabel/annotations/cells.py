"""Cells of a table, and how to speak of them. Errors name row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from gcnlabel.errors import InputError, closest, shorten

NOTHING = ("na", "n/a", "nan", "<na>", "#n/a", "null", "none", "nil", "nat", "missing", "unknown", "?", "-", ".")
"""What tables write for "nothing", in lower case; it counts as missing only where it is declared."""


@dataclass(frozen=True)
class Cells:
    """Columns of a table, and how to speak of their cells.

    Attributes:
        frame: The columns.
        where: The file, or what the table is called.
        first_row: Number of the first row in messages.
        missing: Cell texts that mean "not annotated" in every column.
    """

    frame: pl.DataFrame
    where: str
    first_row: int
    missing: tuple[str, ...] = ()

    def column(self, name: str) -> pl.Series:
        """Return a column.

        Raises:
            InputError: There is none of that name; the closest one is named.
        """
        return self.frame[self._known(name)]

    def complete(self, name: str, advice: str) -> Any:
        """Return a column that names every row, as text.

        Args:
            name: The column.
            advice: What to do where it is not there.

        Raises:
            InputError: There is none of that name, or a cell is empty.
        """
        text = self.frame[self._known(name, advice)].cast(pl.String)
        holes = text.is_null().arg_true()
        if len(holes):
            raise self.error(int(holes[0]), name, "an empty cell", expected="a name in every row")
        return text.to_numpy()

    def text(self, name: str, extra: Iterable[str] = ()) -> pl.Series:
        """Return a column as text, null where a cell is empty or a marker of missing values.

        A marker that is a whole number is found where it is written as a float too: -1 in ``-1.0``.
        """
        column = self.column(name)
        if column.dtype.is_float():  # a column of codes that some frame has made floats, for its NaN
            column = column.fill_nan(None)
            whole = column.drop_nulls()
            column = column.cast(pl.Int64) if len(whole) and (whole == whole.round()).all() else column
        text = column.cast(pl.String).str.strip_chars()
        markers = [form for marker in (*self.missing, *extra) for form in spellings(marker)]
        return text.set(text.is_in(["", *markers]).fill_null(True), None)

    def error(self, row: int, column: str, what: str, **more: Any) -> InputError:
        """Return an error that names a cell."""
        return InputError(what, where=f"{self.where}, row {row + self.first_row}, column {column!r}", **more)

    def _known(self, name: str, advice: str | None = None) -> str:
        names = self.frame.columns
        if name in names:
            return name
        hints = [closest(name, names), advice]
        fix = "; ".join(filter(None, hints)) or None
        raise InputError(f"no column {name!r}", where=self.where, expected=shorten(names, 20), fix=fix)


def spellings(text: str) -> tuple[str, ...]:
    """Return how tables write a code: a whole number as a float too, as in a column of codes that has gaps.

    Example:
        >>> spellings("1"), spellings("-2.0"), spellings("0.5"), spellings("happy")
        (('1', '1.0'), ('-2', '-2.0'), ('0.5',), ('happy',))
    """
    whole = text.removesuffix(".0")
    return (whole, f"{whole}.0") if whole.removeprefix("-").isdecimal() else (text,)


def means_nothing(text: str) -> bool:
    """Return whether a text looks as if it stood for a missing value: ``NA``, ``nan``, or a negative number."""
    return text.lower() in NOTHING or re.fullmatch(r"-\d+(\.\d*)?", text) is not None


def declare_missing(text: str) -> str:
    """Return how to declare that a cell's text means "not annotated".

    Example:
        >>> declare_missing("NA").partition(": ")[2]
        "data.missing: ['NA'] in a config, missing: ['NA'] of the task, or build-graph --missing NA"
    """
    option = text if text.isalnum() else f"{text!r}"
    marker = f"missing: [{text!r}]"
    places = f"data.{marker} in a config, {marker} of the task, or build-graph --missing {option}"
    return f"if it means 'not annotated', say so: {places}"
