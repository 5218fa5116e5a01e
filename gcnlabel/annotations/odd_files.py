"""Check a whole file for likely mistakes where its rows are read in parts."""

from __future__ import annotations

from pathlib import Path

from gcnlabel.annotations.layout import AS_SEEN, Layout
from gcnlabel.annotations.table_file import TextFile, open_table

MAX_CHECKED = 64 * 2**20
"""Largest size of a file, in bytes, whose rows are checked; takes seconds."""


def warn_odd_file(path: str | Path, rows: int, layout: Layout = AS_SEEN) -> None:
    """Warn of rows that look like a mistake, as ``read_table`` does, in files of at most :data:`MAX_CHECKED` bytes.

    Args:
        path: The file.
        rows: Number of its rows.
        layout: Its layout.
    """
    file = open_table(path, layout)
    if layout.long is not None or not isinstance(file, TextFile) or file.path.stat().st_size > MAX_CHECKED:
        return
    with file.readable():
        file.checked(file.scan().collect(), file.first_row)  # notes which warnings file.warn has to look for
    file.warn(rows)
