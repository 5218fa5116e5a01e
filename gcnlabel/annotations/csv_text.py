"""Text files of cells: what stands before their rows, what divides their cells, what their columns are called."""

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
"""Lines, and characters in them, from which a file's form is seen."""
SEPARATOR = re.compile(r"""(?i:\ufeff?"?sep=)(\\t|.)"?[,;\t|]*""")
"""What Excel writes, or other programs make of it, above the header."""


@dataclass(frozen=True)
class Head:
    """The form of a text file.

    Attributes:
        delimiter: What stands between cells; a space stands for any spaces.
        header: Names of the columns as they are written.
        names: A name a column, each once; those that begin with ``column_names.NAMELESS`` cannot be named.
        doubled: Names that several columns have.
        trailing: Number of nameless columns at the end, which must be empty.
        before: Lines that are passed over before the header, or before the first row where there is none.
        lines: Lines up to the first row.
        count: Number of rows that a line above the header says, or None.
        in_file: Whether the header stands in the file and is as wide as the rows.
        above: The last line that is passed over.
        quotes: Whether cells may stand between quotes.
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
    """Return the form of a text file, from its first lines and what is declared.

    Passed over are empty lines, comments (``#``), ``sep=;`` and a line with a count alone, before the header.

    Raises:
        InputError: The file is no text, or has another number of columns than there are names.
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
        raise InputError(what, where=f"{path}, row {before + 1}", expected="a name a column")
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
        InputError: It is no such file, as far as it is read.
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
    """Return how many lines stand above the header or first row, and the delimiter and count that they declare."""
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
        InputError: It divides nothing, and another one does.
    """
    seen = seen_delimiter(rest, layout)
    if declared is not None and declared != seen and declared not in rest[0] and seen in rest[0]:
        what = f"line 1 says that {declared!r} stands between cells, and the next line holds {seen!r} alone"
        raise InputError(what, where=path, fix="take line 1 out, or name what is right: data.delimiter, --delimiter")
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
