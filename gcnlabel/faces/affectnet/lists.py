"""AffectNet's release of 2017: ``training.csv``, ``validation.csv`` and a folder of images."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.csv_text import Head, read_head
from gcnlabel.annotations.found_images import find_images
from gcnlabel.annotations.layout import AS_SEEN, Layout
from gcnlabel.annotations.table_file import open_table
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
        root: Folder with the lists, or with ``Manually_Annotated_file_lists``.
        images: Folder that their paths are relative to; None to find it below ``root``.

    Raises:
        InputError: A list is invalid, a column is missing, a box is not a number, or there is no folder of images.
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
            fix="put the images there, or in Python give images=, the folder that subDirectory_filePath is relative to",
        )
    return folder


def _layout(path: Path) -> tuple[Layout, Head]:
    """Return the layout of a list: with a header, which may have more columns, or without."""
    head = read_head(path)
    if any(_plain(name) == _plain(COLUMNS[0]) for name in head.header):
        return AS_SEEN, head
    if "/" not in head.header[0].replace("\\", "/"):
        raise InputError(
            f"the first row is neither the header nor a row of AffectNet: {shorten(head.header, 4)}",
            where=f"{path}, row {head.before + 1}",
            expected=",".join(COLUMNS),
        )
    layout = Layout(names=COLUMNS)
    return layout, read_head(path, layout)


def _plain(name: str) -> str:
    return name.strip().lower()


def _read_list(path: Path) -> pl.DataFrame:
    """Return the cells of a list and the number of each row, without empty lines."""
    path = existing_file(path, "AffectNet list")
    layout, head = _layout(path)
    plain = [_plain(name) for name in head.header]
    names = dict(zip(plain, head.names, strict=False))
    for name in COLUMNS:
        if plain.count(_plain(name)) > 1:
            raise InputError(f"duplicate column: {name}", where=f"{path}, header", fix="rename one of them")
        if _plain(name) not in names:
            raise InputError(
                f"no column {name!r}",
                where=f"{path}, header",
                expected=shorten(COLUMNS, 20),
                fix=closest(name, head.header),
            )
    file = open_table(path, layout)
    with file.readable():
        frame = file.checked(file.scan().collect(), file.first_row)
    empty: dict[str, None] = dict.fromkeys(EMPTY_CELLS)
    columns = (pl.col(names[_plain(name)]).replace(empty).alias(name) for name in COLUMNS)
    rows = frame.select(columns).with_row_index("row", file.first_row)
    return rows.filter(~pl.all_horizontal(pl.col(*COLUMNS).is_null()))


def _boxes(cells: pl.DataFrame, place: Any) -> Array:
    """Return x1, y1, x2, y2, float64 [N, 4]; NaN where a cell is empty."""
    columns = []
    for name in BOX:
        values = cells[name].str.strip_chars().cast(pl.Float64, strict=False)
        bad = (cells[name].is_not_null() & values.is_null()).arg_true()
        if len(bad):
            row = int(bad[0])
            raise InputError(
                f"{name} = {cells[name][row]!r} is not a number", where=place(row), expected="pixels, or NULL"
            )
        columns.append(values.fill_null(math.nan).to_numpy())
    x, y, width, height = columns
    return np.stack([x, y, x + width, y + height], axis=1)
