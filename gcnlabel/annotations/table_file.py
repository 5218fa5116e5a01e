"""CSV and Parquet files behind one interface: scan, check and explain errors."""

from __future__ import annotations

import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from gcnlabel.annotations.advice import is_number
from gcnlabel.annotations.column_names import NAMELESS
from gcnlabel.annotations.csv_text import open_text, read_head
from gcnlabel.annotations.layout import AS_SEEN, Layout
from gcnlabel.annotations.odd_quotes import loose_quote, warn_swallowed_rows
from gcnlabel.annotations.odd_rows import overlong_row, warn_cut_rows
from gcnlabel.annotations.parquet import scan_parquet
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.files import existing_file, unchanged

POLARS_ERRORS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""Errors of polars for a file that it cannot read; ``PanicException`` is no subclass of ``Exception``."""


class TableFile(ABC):
    """A file of rows and columns.

    Attributes:
        path: Its path.
        first_row: Number of its first row in messages.
        doubled: Names shared by several of its columns.
        note: Advice for messages about a missing column, or None.
    """

    first_row = 1
    doubled: frozenset[str] = frozenset()
    note: str | None = None

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def scan(self) -> pl.LazyFrame:
        """Return its columns."""

    def checked(self, frame: pl.DataFrame, row: int) -> pl.DataFrame:
        """Return ``frame``, rows of the file from number ``row`` on, after checking it.

        Raises:
            InputError: A row is malformed.
        """
        return frame

    @abstractmethod
    def warn(self, rows: int) -> None:
        """Warn of likely mistakes in the file, of which ``rows`` rows were read."""

    @contextmanager
    def readable(self) -> Iterator[None]:
        """Turn errors of polars into an `InputError` with file and row; refuse a file that changes meanwhile."""
        try:
            with unchanged([self.path]):
                yield
        except (*POLARS_ERRORS, OSError) as error:
            raise self.explained(error) from error

    def explained(self, error: BaseException) -> InputError:
        """Return the `InputError` for an error of polars."""
        first = next(iter(str(error).splitlines()), type(error).__name__)
        return InputError(f"{self.path} cannot be read: {first}")


class ParquetFile(TableFile):
    """A Parquet file."""

    def scan(self) -> pl.LazyFrame:
        """Return its columns."""
        try:
            return scan_parquet(self.path)
        except (*POLARS_ERRORS, OSError) as error:
            raise InputError(f"{self.path} is no Parquet file: {error}") from error

    def warn(self, rows: int) -> None:
        """Do nothing: rows of Parquet files cannot be truncated."""


class TextFile(TableFile):
    """A text file, whose cells are all text."""

    def __init__(self, path: Path, layout: Layout) -> None:
        super().__init__(path)
        self.head = read_head(path, layout)
        self.first_row = self.head.lines + 1
        self.doubled = self.head.doubled
        self.note = None if layout.names else self._note()
        self._may_be_cut = self._holds_lines = False

    def scan(self) -> pl.LazyFrame:
        """Return its columns; a space-delimited file is loaded as a whole."""
        head = self.head
        quote = '"' if head.quotes else None
        if head.delimiter == " ":
            return pl.scan_csv(
                self._single_spaced(), separator=" ", quote_char=quote, has_header=False, schema=self._schema()
            )
        if head.in_file:
            return pl.scan_csv(
                self.path,
                separator=head.delimiter,
                quote_char=quote,
                skip_lines=head.before,
                with_column_names=lambda _: list(head.names),
                infer_schema=False,
                glob=False,
            )
        return pl.scan_csv(
            self.path,
            separator=head.delimiter,
            quote_char=quote,
            has_header=False,
            skip_lines=head.lines,
            schema=self._schema(),
            glob=False,
        )

    def checked(self, frame: pl.DataFrame, row: int) -> pl.DataFrame:
        """Return ``frame``; the nameless columns at the end must be empty."""
        width = len(self.head.names) - self.head.trailing
        self._may_be_cut |= width == 0 or frame[self.head.names[width - 1]].null_count() > 0
        self._holds_lines |= any(frame.select(pl.all().str.contains(r"[\r\n]").any()).row(0))
        for name in self.head.names[width:]:
            filled = (frame[name].fill_null("").str.strip_chars() != "").arg_true()
            if len(filled):
                place = row + int(filled[0])
                raise InputError(
                    f"row {place} has a cell {frame[name][int(filled[0])]!r} in a column without a name",
                    where=f"{self.path}, row {place}",
                    expected="no cells beyond the last named column",
                    fix=f'quote cells that hold {self.head.delimiter!r}, as in "a{self.head.delimiter}b"',
                )
        return frame

    def warn(self, rows: int) -> None:
        """Warn of truncated rows, of rows inside a quoted cell, and of a number of rows other than declared.

        The file is read again only if the cells that were read give a reason.
        """
        if self._may_be_cut:
            warn_cut_rows(self.path, self.head)
        if self._holds_lines:
            warn_swallowed_rows(self.path, self.head)
        if self.head.count not in (None, rows):
            text = f"{self.path} declares {self.head.count} rows, and has {rows}"
            warnings.warn(text, GcnlabelWarning, stacklevel=3)

    def explained(self, error: BaseException) -> InputError:
        """Return the `InputError` for an error of polars: an overlong row, an open quote, or the error itself."""
        known = overlong_row(self.path, self.head)
        return known or loose_quote(self.path, self.head) or super().explained(error)

    def _schema(self) -> dict[str, type[pl.DataType]]:
        return dict.fromkeys(self.head.names, pl.String)

    def _single_spaced(self) -> bytes:
        with open_text(self.path) as lines:
            rows = lines.readlines()[self.head.lines :]
        return "\n".join(re.sub(r"[ \t]+", " ", row).strip() for row in rows).encode()

    def _note(self) -> str | None:
        """Return advice on a header that looks like a row, or on skipped lines that may be the header."""
        head, notes = self.head, []
        seen = [name for name in head.names if not name.startswith(NAMELESS)]
        if any(is_number(name) or re.search(r"\.\w{2,4}$", name) for name in seen):
            notes.append(
                f"row {head.before + 1} ({shorten(seen, 3)}) is read as the names of the columns; if the file has no "
                "header, name them: data.names: [...] in a config, build-graph --names A,B,..."
            )
        if head.before:
            last = f", the last is {head.above[:40]!r}" if head.above else ""
            notes.append(f"{head.before} line(s) above the header are skipped{last}")
        return "; ".join(notes) or None


def open_table(path: str | Path, layout: Layout = AS_SEEN, what: str = "annotations") -> TableFile:
    """Open a table file: ``.parquet`` and ``.pq`` are Parquet, everything else is text.

    Raises:
        InputError: The file is missing or empty, or ``layout`` sets options of text files for a Parquet file.
    """
    path = existing_file(path, what)
    if path.suffix.lower() not in (".parquet", ".pq"):
        return TextFile(path, layout)
    idle = [name for name in ("delimiter", "names", "quotes") if getattr(layout, name) != getattr(AS_SEEN, name)]
    if idle:
        raise InputError(f"{' and '.join(idle)} beside a Parquet file, where they have no effect", where=path)
    return ParquetFile(path)
