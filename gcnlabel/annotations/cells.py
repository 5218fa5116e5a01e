"""Columns of a table, with errors that name row and column of a cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import polars as pl

from gcnlabel.annotations.advice import of_cells
from gcnlabel.annotations.column_names import NAMELESS
from gcnlabel.annotations.spellings import lookup
from gcnlabel.annotations.tag_signs import TagSigns
from gcnlabel.errors import InputError, closest, shorten

_COMMA_NUMBER = r"^([+-]?\d*),(\d*)([eE][+-]?\d+)?$"


@dataclass(frozen=True)
class Cells:
    """Columns of a table, and what messages need to name their cells.

    Attributes:
        frame: The columns.
        where: The file, or the name of the table in messages.
        first_row: Number of the first row in messages.
        missing: Cell texts that mean "not annotated" in every column.
        decimal: Decimal mark of numbers that are written as text.
        doubled: Names shared by several columns of the file.
        note: Further advice for messages about a missing column.
        names: Names of the rows in messages, instead of numbers.
        others: Labels of a long table that were not made columns.
        value_lists: Column of lists -> whether its lists in the whole file hold one value per label; a column that is
            not listed is judged by these rows.
        signs: Rows of tag columns with -1, collected while columns are read.
    """

    frame: pl.DataFrame
    where: str
    first_row: int
    missing: tuple[str, ...] = ()
    decimal: str = "."
    doubled: frozenset[str] = frozenset()
    note: str | None = None
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    value_lists: Mapping[str, bool] = field(default_factory=dict)
    signs: TagSigns = field(default_factory=TagSigns)

    def column(self, name: str, advice: str | None = None) -> pl.Series:
        """Return a column.

        Args:
            name: Its name.
            advice: Advice for a message about a missing column.

        Raises:
            InputError: No column, or several, have the name; the message suggests the closest name.
        """
        return self.frame[self.known(name, advice)]

    def has(self, name: str) -> bool:
        """Return whether there is a column of a name."""
        return self._found(name) is not None

    def complete(self, name: str, advice: str, *, markers: bool = False, what: str = "a name") -> Any:
        """Return a column without empty cells, as text, str [N].

        Args:
            name: The column.
            advice: Advice for a message about a missing column.
            markers: Whether declared markers of missing values count as empty cells.
            what: Content of a cell, for messages.

        Raises:
            InputError: There is no such column, or a cell is empty.
        """
        column = self.column(name, advice)
        self._refuse_nested(column, name)
        text = column.cast(pl.String)
        nothing = text.str.strip_chars().is_in([*self.missing, ""] if markers else [""])
        holes = (text.is_null() | nothing).arg_true()
        if len(holes):
            raise self.error(int(holes[0]), name, "an empty cell", expected=f"{what} in every row")
        return text.to_numpy()

    def text(self, name: str, markers: Iterable[str] = (), *, blank: bool = False, numbers: bool = True) -> pl.Series:
        """Return a column as text, null where a cell is a marker of missing values.

        A marker that is a whole number also matches floats: -1 matches ``-1.0``.

        Args:
            name: The column.
            markers: Texts that mean "not annotated", in addition to those of every column.
            blank: Whether an empty cell has a meaning: then it is "", else null.
            numbers: Whether cells may be numbers; their decimal mark is then replaced by a point.
        """
        column = self.column(name)
        self._refuse_nested(column, name)
        if column.dtype.is_float():  # a column of codes that some frame has made floats, for its NaN
            column = column.fill_nan(None)
            whole = column.drop_nulls()
            are_whole = len(whole) > 0 and (whole == whole.round()).all() and whole.abs().max() < 2**53  # type: ignore[operator]
            column = column.cast(pl.Int64) if are_whole else column
        declared = dict.fromkeys((*self.missing, *markers), 1)
        text = self._texts(column, name).fill_null("")
        if numbers:
            text, declared = self.pointed(text), self.pointed_keys(declared)
        found = lookup(text, declared).is_not_null() if declared else pl.Series([False])
        return text.set(found if blank else found | (text == ""), None)

    def _refuse_nested(self, column: pl.Series, name: str) -> None:
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            raise self.error(0, name, f"cells of type {column.dtype}", expected="a text or a number in each")

    def pointed(self, text: pl.Series) -> pl.Series:
        """Return texts with the decimal mark of numbers replaced by a point."""
        return text if self.decimal == "." else text.str.replace(_COMMA_NUMBER, "${1}.${2}${3}")

    def pointed_keys(self, meaning: Mapping[str, Any]) -> dict[str, Any]:
        """Return a mapping of texts with its keys as :meth:`text` returns them."""
        return dict(zip(self.pointed(pl.Series(list(meaning), dtype=pl.String)), meaning.values(), strict=True))

    def _texts(self, column: pl.Series, name: str) -> pl.Series:
        try:
            return column.cast(pl.String).str.strip_chars()
        except pl.exceptions.InvalidOperationError as error:  # as of durations
            raise self.error(0, name, f"cells of type {column.dtype}", expected="a text or a number in each") from error

    def error(self, row: int, column: str, what: str, **more: Any) -> InputError:
        """Return an error that names a cell."""
        return InputError(what, where=f"{self.place(row)}, column {column!r}", **more)

    def place(self, row: int) -> str:
        """Return the name of a row in messages."""
        if self.names:
            return f"{self.where}, sample {self.names[row]!r}"
        return f"{self.where}, row {row + self.first_row}"

    def replaced(self, frame: pl.DataFrame, names: tuple[str, ...], others: Iterable[str]) -> Cells:
        """Return a copy with another frame of the same file."""
        return replace(self, frame=frame, names=names, others=tuple(others))

    def known(self, name: str, advice: str | None = None) -> str:
        """Return the frame's own name of a column; see :meth:`column`."""
        found = self._found(name)
        if found in self.doubled or len(self._plain_columns.get(_plain(name), [])) > 1:
            raise InputError(f"duplicate column: {name}", where=f"{self.where}, header", fix="rename one of them")
        if found is not None:
            return found
        names = [other for other in (*self.frame.columns, *self.others) if not other.startswith(NAMELESS)]
        hints = [closest(name, names), advice, of_cells(*self._holding(name)), self.note]
        fix = "; ".join(filter(None, hints)) or None
        raise InputError(f"no column {name!r}", where=self.where, expected=shorten(names, 20), fix=fix)

    def _holding(self, name: str) -> tuple[str, str | None]:
        """Return the name, and a column whose cells hold it; None where none does, or the table was in long form."""
        texts = () if self.names else (c for c in self.frame.columns if self.frame.schema[c] == pl.String)
        return name, next((c for c in texts if (self.frame[c].str.strip_chars() == name).any()), None)

    def _found(self, name: str) -> str | None:
        """Return the column of a name: as it is written, else without spaces around it and with letters composed."""
        alike = self._plain_columns.get(_plain(name), [])
        return name if name in alike else next(iter(alike), None)

    @cached_property
    def _plain_columns(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.frame.columns:
            found.setdefault(_plain(name), []).append(name)
        return found


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
