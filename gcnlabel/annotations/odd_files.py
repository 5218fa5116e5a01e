"""Files that are read in parts are looked through for mistakes as a whole."""

from __future__ import annotations

from pathlib import Path

from gcnlabel.annotations.layout import AS_SEEN, Layout
from gcnlabel.annotations.table_file import open_table

MAX_LOOKED_THROUGH = 64 * 2**20
"""Bytes of a file up to which its lines are looked through, which takes seconds."""


def warn_odd_file(path: str | Path, rows: int, layout: Layout = AS_SEEN) -> None:
    """Warn of rows that look like a mistake, as ``read_table`` does, where the file is not too large for that.

    Args:
        path: The file.
        rows: Number of its rows.
        layout: How it is written.
    """
    file = open_table(path, layout)
    if layout.long is None and file.path.stat().st_size <= MAX_LOOKED_THROUGH:
        file.warn(rows)
