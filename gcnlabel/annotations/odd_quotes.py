"""Detect unbalanced quotes in a text file: rows that cannot be read, and quoted cells that contain rows."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from gcnlabel.annotations.csv_text import Head, open_text
from gcnlabel.annotations.delimiters import reader
from gcnlabel.errors import GcnlabelWarning, InputError

PLAIN = "if quotes are ordinary characters: data.quotes: false in a config, build-graph --no-quotes"
"""Advice for files whose quotes are ordinary characters."""
MIN_COLUMNS = 4
"""Fewest columns of a comma-separated file in which quoted lines with as many commas are taken for rows, not prose."""


def loose_quote(path: Path, head: Head) -> InputError | None:
    """Return an error that names the first line with an odd number of quotes, or None.

    Args:
        path: A file that could not be read.
        head: Its form.
    """
    if not head.quotes:
        return None
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            if number > head.lines and line.count('"') % 2:
                return InputError(
                    f"{path} cannot be read: a quote is not closed, or is inside an unquoted cell",
                    where=f"{path}, line {number}: {line.strip()[:60]}",
                    expected='cells with quotes to be quoted, and quotes inside doubled: "a ""b"" c"',
                    fix=PLAIN,
                )
    return None


def warn_swallowed_rows(path: Path, head: Head) -> None:
    """Warn of quoted cells with line breaks whose lines look like rows: a quote may not be closed."""
    if not head.quotes:
        return
    if (head.delimiter == "," and len(head.names) < MIN_COLUMNS) or head.delimiter == " " or len(head.names) < 2:
        return
    with suppress(csv.Error, UnicodeDecodeError):
        found = [(number, len(lines)) for number, lines in _rows(path, head) if _are_rows(lines, head)]
        if found:
            (first, count), several = found[0], len(found)
            text = f"{several} row(s) of {path} hold quoted lines that look like rows: the first is line {first}"
            warnings.warn(f"{text}, with {count} lines; {PLAIN}", GcnlabelWarning, stacklevel=4)


def _rows(path: Path, head: Head) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line, and the lines, of each row."""
    taken: list[str] = []

    def lines_taken(lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    with open_text(path) as lines:
        first = head.lines + 1
        for _ in reader(lines_taken(islice(lines, head.lines, None)), head.delimiter):
            yield first, list(taken)
            first += len(taken)
            taken.clear()


def _are_rows(lines: list[str], head: Head) -> bool:
    return len(lines) > 1 and all(line.count(head.delimiter) == len(head.names) - 1 for line in lines)
