"""Read a column of a table whose cells are inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gcnlabel.annotations import Layout
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.table_file import TableFile, open_table


def read_cells(path: str | Path, layout: Layout) -> tuple[Cells, TableFile]:
    """Return the cells of a table, and its file.

    Args:
        path: The table.
        layout: Layout of the table.

    Raises:
        InputError: The file cannot be read.
    """
    file = open_table(path, layout)
    with file.readable():
        frame = file.scan().collect()
    return Cells(frame, str(file.path), file.first_row, doubled=file.doubled, note=file.note), file


def read_texts(path: str | Path, column: str, layout: Layout) -> Any:
    """Return the texts of a column, in the order of the rows [N].

    Args:
        path: The table.
        column: The column.
        layout: Layout of the table.

    Raises:
        InputError: The file cannot be read, has no such column, or a cell is empty; the message gives its row.
    """
    cells, _ = read_cells(path, layout)
    return cells.complete(column, "data.texts names the column", what="a text")
