"""Detect the form of CSV and similar text files: lines before the header, delimiter, names of the columns."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import IO, Any

from gcnlabel.annotations.column_names import unique_names, widened_header
from gcnlabel.annotations.delimiters import DELIMITERS, reader, seen_delimiter
from gcnlabel.annotations.layout import AS_SEEN, Layout
from gcnlabel.errors import InputError

SAMPLE_LINES, SAMPLE_SIZE = 100, 2**20
"""Number of lines and of characters from which the form of a file is detected."""
SEPARATOR = re.compile(r"""(?i:\ufeff?"?sep=)(\\t|.)"?[,;\t|]*""")
"""The line ``sep=;`` above the header, as Excel writes it, and variants of other programs."""


@dataclass(frozen=True)
class Head:
    """The form of a text file.

    Attributes:
        delimiter: Delimiter of cells; a space means any number of spaces.
        header: Names of the columns as written.
        names: Unique name of each column; those that begin with ``column_names.NAMELESS`` cannot be asked for.
        doubled: Names that several columns share.
        trailing: Number of nameless columns at the end, which must be empty.
        before: Number of skipped lines before the header, or before the first row where there is no header.
        lines: Number of lines before the first row.
        count: Number of rows that a line above the header declares, or None.
        in_file: Whether the file has a header that is as wide as the rows.
        above: The last skipped line.
        quotes: Whether cells may be quoted.
    """

    delimiter: str
    header: tuple[str, ...]
    names: tuple[str, ...]
    doubled: frozenset[str]
    trailing: int
    before: int
    lines: int
    count: int | None
    in_file: bool
    above: str = ""
    quotes: bool = True


def read_head(path: Path, layout: Layout = AS_SEEN) -> Head:
    """Return the form of a text file, from its first lines and the declared layout.

    Before the header, empty lines, comments (``#``), ``sep=;`` and a line that holds only a count are skipped.

    Raises:
        InputError: The file is no text, or its number of columns differs from the number of declared names.
    """
    sample = _sample(path)
    before, declared, count = _passed_over(sample, layout)
    rest = sample[before:]
    if not rest:
        raise InputError(f"{path} has no header and no row")
    delimiter = layout.delimiter or _declared(declared, rest, layout, path) or seen_delimiter(rest, layout)
    rows = reader(rest, delimiter, layout.quotes)
    header = list(layout.names) or next(rows)
    lines_of_header = 0 if layout.names else rows.line_num
    first: list[str] = next(rows, [])
    names = widened_header(header, first, unnamed_first=delimiter == " " and not layout.names)
    if layout.names and len(first) != len(names):
        what = f"{len(first)} cells in the first row, and {len(header)} names of columns"
        raise InputError(what, where=f"{path}, row {before + 1}", expected="one name per column")
    unique, doubled = unique_names(names)
    trailing = sum(1 for _ in takewhile(lambda name: not name.strip(), reversed(names)))
    above = sample[before - 1].strip() if before else ""
    in_file = not layout.names and len(names) == len(header)
    return Head(
        delimiter,
        tuple(names),
        unique,
        doubled,
        trailing,
        before,
        before + lines_of_header,
        count,
        in_file,
        above,
        layout.quotes,
    )


def text_rows(path: Path, head: Head) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row of a text file; the first line of the file has number 1."""
    with open_text(path) as lines:
        yield from enumerate(reader(islice(lines, head.lines, None), head.delimiter, head.quotes), head.lines + 1)


@contextmanager
def open_text(path: Path) -> Iterator[IO[str]]:
    """Open a text file in UTF-8, which may be gzipped.

    Raises:
        InputError: The part that was read is not UTF-8 text, or is damaged gzip.
    """
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            yield lines
    except (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError, csv.Error) as error:
        marked = isinstance(error, UnicodeDecodeError) and error.object[:2] in (
            codecs.BOM_UTF16_LE,
            codecs.BOM_UTF16_BE,
        )
        other = isinstance(error, UnicodeDecodeError) and not marked
        fix = "if it is in UTF-16, as Excel's 'Unicode text', save it as 'CSV UTF-8'" if marked else None
        fix = "if it is in another encoding, as Excel's 'CSV' is, save it as 'CSV UTF-8'" if other else fix
        expected = "CSV in UTF-8, or .parquet"
        raise InputError(f"{path} is not a text file: {error}", expected=expected, fix=fix) from error


def _sample(path: Path) -> list[str]:
    """Return the first lines of a text file.

    Raises:
        InputError: They are no lines of text.
    """
    with open_text(path) as lines:
        sample = _first_lines(lines)
    if not sample:
        raise InputError(f"{path} has no header and no row")
    if "\0" in sample[0]:
        raise InputError(
            f"{path} holds zero bytes: it is no text, or not in UTF-8", expected="CSV in UTF-8, or .parquet"
        )
    if sample[0].endswith("\r"):
        raise InputError(f"{path} ends its lines by carriage returns alone", expected="line feeds, or both")
    return sample


def _first_lines(lines: IO[str]) -> list[str]:
    found: list[str] = []
    for line in islice(lines, SAMPLE_LINES):
        found.append(line)
        if len(found) > 2 and sum(map(len, found)) > SAMPLE_SIZE:
            break
    return found


def _passed_over(sample: Sequence[str], layout: Layout) -> tuple[int, str | None, int | None]:
    """Return the number of lines above the header or first row, and the delimiter and count that they declare."""
    before, declared, count = 0, None, None
    for line, following in zip(sample, [*sample[1:], ""], strict=True):
        text = line.strip()
        if before == 0 and (match := SEPARATOR.fullmatch(line.strip("\r\n"))):
            declared = match[1].replace("\\t", "\t")
        elif _is_count(text, following, layout):
            count = int(text)
        elif text and not _is_comment(line, layout):
            break
        before += 1
    return before, declared, count


def _declared(declared: str | None, rest: Sequence[str], layout: Layout, path: Path) -> str | None:
    """Return the delimiter that a file declares.

    Raises:
        InputError: The declared delimiter does not occur, and another one does.
    """
    seen = seen_delimiter(rest, layout)
    if declared is not None and declared != seen and declared not in rest[0] and seen in rest[0]:
        what = f"line 1 declares the delimiter {declared!r}, and the next line holds only {seen!r}"
        raise InputError(what, where=path, fix="delete line 1, or set the delimiter: data.delimiter, --delimiter")
    return declared


def _is_comment(line: str, layout: Layout) -> bool:
    """Return whether a line is a comment: not where it has a cell for each declared name, as rows have."""
    if not line.startswith("#"):
        return False
    delimiters = layout.delimiter or f"{DELIMITERS} "
    return not any(len(next(reader([line], delimiter, layout.quotes))) == len(layout.names) for delimiter in delimiters)


def _is_count(text: str, following: str, layout: Layout) -> bool:
    """Return whether a line is a number alone, above lines of several cells."""
    return (
        text.isdecimal()
        and len(text) < 20
        and len(re.split(rf"[{DELIMITERS} ]+", following.strip())) > 1
        and len(layout.names) != 1
    )
