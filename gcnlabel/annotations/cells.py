"""Cells of a table, and how to speak of them. Errors name row and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from gcnlabel.annotations.tag_signs import TagSigns
from gcnlabel.errors import InputError, closest, shorten

_WHOLE = r"^\+?(-?\d+)\.0*$"


@dataclass(frozen=True)
class Cells:
    """Columns of a table, and how to speak of their cells.

    Attributes:
        frame: The columns.
        where: The file, or what the table is called.
        first_row: Number of the first row in messages.
        missing: Cell texts that mean "not annotated" in every column.
        signs: Where -1 was read in a tag's column, filled as columns are read.
    """

    frame: pl.DataFrame
    where: str
    first_row: int
    missing: tuple[str, ...] = ()
    signs: TagSigns = field(default_factory=TagSigns)

    def column(self, name: str) -> pl.Series:
        """Return a column.

        Raises:
            InputError: There is none of that name; the closest one is named.
        """
        return self.frame[self._known(name)]

    def complete(self, name: str, option: str) -> Any:
        """Return a column that names every row, as text.

        Args:
            name: The column.
            option: What of a config names the column.

        Raises:
            InputError: There is none of that name, or a cell is empty.
        """
        text = self.frame[self._known(name, option)].cast(pl.String)
        holes = text.is_null().arg_true()
        if len(holes):
            raise self.error(int(holes[0]), name, "an empty cell", expected="a name in every row")
        return text.to_numpy()

    def text(self, name: str, markers: Iterable[str] = (), *, blank: bool = False) -> pl.Series:
        """Return a column as text, null where a cell is a marker of missing values.

        A marker that is a whole number is found where it is written as a float too: -1 in ``-1.0``.

        Args:
            name: The column.
            markers: Texts that mean "not annotated", beside those of every column.
            blank: Whether an empty cell means something: then it is "", else null.
        """
        column = self.column(name)
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
            raise self.error(0, name, f"cells of type {column.dtype}", expected="a text or a number in each")
        if column.dtype.is_float():  # a column of codes that some frame has made floats, for its NaN
            column = column.fill_nan(None)
            whole = column.drop_nulls()
            column = column.cast(pl.Int64) if len(whole) and (whole == whole.round()).all() else column
        text = column.cast(pl.String).str.strip_chars().fill_null("")
        declared = {*self.missing, *markers}
        found = lookup(text, dict.fromkeys(declared, 1)).is_not_null() if declared else pl.Series([False])
        return text.set(found if blank else found | (text == ""), None)

    def error(self, row: int, column: str, what: str, **more: Any) -> InputError:
        """Return an error that names a cell."""
        return InputError(what, where=f"{self.place(row)}, column {column!r}", **more)

    def place(self, row: int) -> str:
        """Return how messages call a row."""
        return f"{self.where}, row {row + self.first_row}"

    def _known(self, name: str, option: str | None = None) -> str:
        names = self.frame.columns
        if name in names:
            return name
        hints = [closest(name, names), None if option is None else f"{option} names the column"]
        fix = "; ".join(filter(None, hints)) or None
        raise InputError(f"no column {name!r}", where=self.where, expected=shorten(names, 20), fix=fix)


def canonical(text: str) -> str:
    """Return one spelling of a text that has several: a whole number without its zeros, letters composed (NFC).

    Example:
        >>> canonical("1.0"), canonical("-2.000000"), canonical("0.5"), canonical("happy")
        ('1', '-2', '0.5', 'happy')
    """
    return re.sub(_WHOLE, r"\1", unicodedata.normalize("NFC", text))


def lookup(text: pl.Series, meaning: Mapping[str, Any]) -> pl.Series:
    """Return what each text means, null where it is nothing known: as it is written, else in its canonical spelling.

    Example:
        >>> lookup(pl.Series(["1.0", "1", "2.00", "3"]), {"1.0": 10, "1": 11, "2": 12}).to_list()
        [10, 11, 12, None]
    """
    if not meaning:
        return pl.Series(text.name, [None] * len(text), dtype=pl.Int64)
    found = text.replace_strict(dict(meaning), default=None)
    if (found.is_null() & text.is_not_null()).any():
        other = text.str.normalize("NFC").str.replace(_WHOLE, "${1}")
        found = found.fill_null(other.replace_strict(canonical_keys(meaning), default=None))
    return found


def canonical_keys(meaning: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping of canonical spellings; one that is written so itself comes first."""
    return {canonical(text): value for text, value in meaning.items()} | {
        text: value for text, value in meaning.items() if canonical(text) == text
    }


def known_texts(labels: Collection[str], codes: Mapping[str, str]) -> dict[str, int]:
    """Return the index of each label, under its name and its declared codes; a label's name comes first.

    Example:
        >>> known_texts(["cat", "dog"], {"7": "dog"})
        {'7': 1, 'cat': 0, 'dog': 1}
    """
    index = {label: i for i, label in enumerate(labels)}
    return {code: index[label] for code, label in codes.items()} | index
