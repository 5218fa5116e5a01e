"""Items to encode: the images of a folder, or a column of a table."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gcnlabel.data.images import inside
from gcnlabel.errors import InputError, closest
from gcnlabel.files import IMAGE_SUFFIXES, existing_file, visible_files


def read_items(source: str, column: str | None, images: str | None, *, texts: bool) -> tuple[list[str], list[str]]:
    """Return the names of the rows, and the items: paths of images, or texts.

    Args:
        source: A folder of images, which are sorted by path; or a CSV file.
        column: Column of the file.
        images: Folder that paths in the column are relative to; None for that of the file.
        texts: Whether the column has texts.

    Raises:
        InputError: There is no such folder, file or column, a cell is empty, or a path is outside of the folder.
    """
    if Path(source).is_dir():
        if texts or column is not None:
            raise InputError(f"{source} is a folder", expected="a table (.csv) with --column")
        found = visible_files(source, IMAGE_SUFFIXES)
        return [path.as_posix() for path in found], [str(source / path) for path in found]
    cells = _column(existing_file(source, "table"), column)
    if texts:
        return cells, cells
    root = Path(images) if images is not None else Path(source).parent
    return cells, [str(inside(root, cell)) for cell in cells]


def _column(path: Path, column: str | None) -> list[str]:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", expected="a CSV file with a header") from error
    if column is None or column not in table.columns:
        problem = "no --column" if column is None else f"no column {column!r}"
        fix = None if column is None else closest(column, table.columns)
        raise InputError(problem, where=path, expected=" | ".join(table.columns), fix=fix)
    cells = table[column].to_list()
    if None in cells:
        raise InputError(f"an empty cell of {column!r}", where=f"{path}, row {cells.index(None)} (from 0)")
    return cells
