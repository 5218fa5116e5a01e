"""AffectNet's release of 2017: ``training.csv``, ``validation.csv`` and a folder of images."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.found_images import find_images
from gcnlabel.annotations.table_file import POLARS_ERRORS
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.faces.affectnet.eye_centres import eyes_from_text
from gcnlabel.faces.affectnet.records import EMPTY_CELLS, AffectNetRecords
from gcnlabel.faces.folders import AFFECTNET_LISTS, existing_folder, first_existing
from gcnlabel.files import existing_file

Array = npt.NDArray[Any]

FILES = {"train": "training.csv", "val": "validation.csv"}
IMAGE_FOLDERS = ("Manually_Annotated_Images", "Manually_Annotated/Manually_Annotated_Images", "images")
BOX = ("face_x", "face_y", "face_width", "face_height")
COLUMNS = ("subDirectory_filePath", *BOX, "facial_landmarks", "expression", "valence", "arousal")


def csv_records(root: Path, images: Path | None = None) -> AffectNetRecords:
    """Return the rows of both lists.

    Args:
        root: Folder that holds the lists, or ``Manually_Annotated_file_lists`` with them.
        images: Folder that their paths start from; None to find it below ``root``.

    Raises:
        InputError: A list cannot be read, a column is missing, a box is no number, or there is no folder of images.
    """
    lists = {
        split: first_existing(root, [str(Path(f, name)) for f in AFFECTNET_LISTS]) for split, name in FILES.items()
    }
    found = {split: path for split, path in lists.items() if path is not None}
    frames = [_read_list(path).with_columns(split=pl.lit(split)) for split, path in found.items()]
    cells = pl.concat(frames).rename({"subDirectory_filePath": "id"})
    cells = cells.with_columns(pl.col("id").str.replace_all("\\", "/", literal=True))

    def place(row: int) -> str:
        return f"{found[cells['split'][row]]}, row {cells['row'][row]}"

    nameless = cells["id"].is_null().arg_true()
    if len(nameless):
        raise InputError(f"{COLUMNS[0]} is empty", where=place(nameless[0]), expected="the path of an image")
    folder = _image_folder(root) if images is None else existing_folder(images, "folder of images")
    return AffectNetRecords(
        cells=cells,
        root=folder,
        images=find_images(folder, cells["id"]),
        boxes=_boxes(cells, place),
        eyes=eyes_from_text(cells["facial_landmarks"]),
        place=place,
    )


def _image_folder(root: Path) -> Path:
    folder = first_existing(root, IMAGE_FOLDERS)
    if folder is None and root.name.endswith("file_lists"):
        folder = first_existing(root.parent, IMAGE_FOLDERS)
    if folder is None:
        raise InputError(
            "the folder of images is missing",
            where=root,
            expected=" or ".join(IMAGE_FOLDERS),
            fix="put the images there; in Python also images=, the folder that subDirectory_filePath starts from",
        )
    return folder


def _has_header(path: Path) -> bool:
    """Return whether the first row names the columns; a list that a program wrote again may have others before them."""
    with path.open(encoding="utf-8-sig") as lines:
        return any(cell.strip().strip('"').lower() == COLUMNS[0].lower() for cell in lines.readline().split(","))


def _read_list(path: Path) -> pl.DataFrame:
    """Return the cells of a list, and the number of each row in it; empty lines are no rows."""
    existing_file(path, "AffectNet list")
    try:
        header = _has_header(path)
        frame = pl.read_csv(path, has_header=header, infer_schema=False, null_values=list(EMPTY_CELLS), glob=False)
    except (*POLARS_ERRORS, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", expected=",".join(COLUMNS)) from error
    if header:
        frame = frame.rename(lambda name: next((c for c in COLUMNS if c.lower() == name.strip().lower()), name.strip()))
        for name in COLUMNS:
            if name not in frame.columns:
                raise InputError(
                    f"no column {name!r}",
                    where=f"{path}, header",
                    expected=shorten(COLUMNS, 20),
                    fix=closest(name, frame.columns),
                )
        return _numbered(frame.select(COLUMNS), 2)
    if len(frame.columns) != len(COLUMNS) or "/" not in str(frame[0, 0]).replace("\\", "/"):
        raise InputError(
            f"the first row is neither the header nor a row of AffectNet: {shorten(frame.row(0), 4)}",
            where=f"{path}, row 1",
            expected=",".join(COLUMNS),
        )
    return _numbered(frame.rename(dict(zip(frame.columns, COLUMNS, strict=True))), 1)


def _numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    return frame.with_row_index("row", first).filter(~pl.all_horizontal(pl.col(*COLUMNS).is_null()))


def _boxes(cells: pl.DataFrame, place: Any) -> Array:
    """Return x1, y1, x2, y2, float64 [N, 4]; NaN where a cell is empty."""
    columns = []
    for name in BOX:
        values = cells[name].str.strip_chars().cast(pl.Float64, strict=False)
        bad = (cells[name].is_not_null() & values.is_null()).arg_true()
        if len(bad):
            row = int(bad[0])
            raise InputError(
                f"{name} = {cells[name][row]!r} is no number", where=place(row), expected="pixels, or NULL"
            )
        columns.append(values.fill_null(math.nan).to_numpy())
    x, y, width, height = columns
    return np.stack([x, y, x + width, y + height], axis=1)
