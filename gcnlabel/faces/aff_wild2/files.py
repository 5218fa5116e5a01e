"""Read Aff-Wild2's annotation files into raw codes and values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.errors import InputError, shorten
from gcnlabel.faces.folders import annotation_folders, first_existing
from gcnlabel.files import existing_file

Array = npt.NDArray[Any]

SPLIT_FOLDERS = {"train": ("Train_Set", "Training_Set"), "val": ("Validation_Set",)}
MTL_FIELDS = 16
"""image, valence, arousal, expression and 12 action units."""


def video_files(root: Path, names: tuple[str, ...]) -> dict[str, dict[str, Path]]:
    """Return split -> video -> file, from the one folder of ``names`` that exists.

    Raises:
        InputError: There are folders of several releases.
    """
    found = [folder / name for folder in annotation_folders(root) for name in names if (folder / name).is_dir()]
    if len(found) > 1:
        raise InputError(
            f"annotations of several releases: {shorten(found)}",
            fix="keep only one release there, or in Python give its folder as annotations=",
        )
    files: dict[str, dict[str, Path]] = {split: {} for split in SPLIT_FOLDERS}
    for split, folders in SPLIT_FOLDERS.items():
        folder = first_existing(found[0], folders) if found else None
        if folder is not None:
            files[split] = {path.stem: path for path in sorted(folder.glob("*.txt")) if not path.name.startswith(".")}
    return files


def read_expressions(path: Path, order: tuple[str, ...] | None) -> pl.Series:
    """Return the code of each frame as text, null for an empty line; entry 0 is frame 1.

    Args:
        path: File of a video.
        order: Class names that the header must begin with, in the order of the codes; None if a label map is given.

    Raises:
        InputError: There is no header, or its classes are in another order.
    """
    header, lines = _lines(path)
    names = tuple(name.strip().lower() for name in header.split(","))
    if names[0].lstrip("-").isdigit():
        raise InputError(f"the first line is {header!r}, not a header", where=path, expected="Neutral,Anger,...")
    if order is not None and (not 7 <= len(names) <= len(order) or names != order[: len(names)]):
        raise InputError(
            f"the classes of header {header!r} are not in the declared order",
            where=f"{path}, row 1",
            expected=",".join(order),
            fix="in Python, label_map=: code -> class name, from the description of this release",
        )
    return _texts(lines)


def read_affect(path: Path) -> Array:
    """Return the raw valence and arousal of each frame, float64 [frames, 2]; NaN for an empty line.

    Raises:
        InputError: The header is wrong, or a line does not have two numbers.
    """
    header, lines = _lines(path)
    names = [name.strip().lower() for name in header.split(",")]
    if sorted(names) != ["arousal", "valence"]:
        raise InputError(f"header {header!r}", where=f"{path}, row 1", expected="valence,arousal")
    text = _texts(lines)
    given = text.is_not_null().arg_true().to_numpy()
    fields = text.gather(given).str.split_exact(",", 1).struct.unnest()
    values = np.full((len(text), 2), np.nan)
    values[given] = numbers(fields, lambda row: f"{path}, row {given[row] + 2}", "two numbers: valence,arousal")
    return values[:, [names.index("valence"), names.index("arousal")]]


def read_mtl(path: Path) -> pl.DataFrame:
    """Return the text columns id, valence, arousal, expression of the MTL challenge, and the number of each line.

    Action units are not read, and empty lines are skipped.

    Raises:
        InputError: There is no header, or a line does not have 16 fields.
    """
    header, lines = _lines(path)
    text = _texts(lines)
    number = text.is_not_null().arg_true().cast(pl.Int64)
    cells = text.gather(number)
    if header.count(",") == MTL_FIELDS - 1 and _is_image(header.split(",")[0]):
        raise InputError("the first line is a frame, not a header", where=path, expected="one header line")
    wrong = (cells.str.count_matches(",", literal=True) != MTL_FIELDS - 1).arg_true()
    if len(wrong):
        row = int(wrong[0])
        raise InputError(
            f"{cells[row].count(',') + 1} fields",
            where=f"{path}, row {number[row] + 2}",
            expected=f"{MTL_FIELDS}: video/00001.jpg,V,A,EXPR,AU1,...,AU26",
        )
    fields = cells.str.splitn(",", 5).struct.unnest()
    stripped = fields.select(pl.all().str.strip_chars())
    stripped.columns = ["id", "valence", "arousal", "expression", "units"]
    return stripped.drop("units").with_columns(line=number + 2)


def numbers(fields: pl.DataFrame, place: Any, expected: str) -> Array:
    """Return text columns as float64 [rows, columns].

    Raises:
        InputError: A cell is not a number.
    """
    read = fields.select(pl.all().str.strip_chars().cast(pl.Float64, strict=False))
    bad = read.select(pl.any_horizontal(pl.all().is_null())).to_series().arg_true()
    if len(bad):
        row = int(bad[0])
        given = ",".join("" if cell is None else str(cell) for cell in fields.row(row))
        raise InputError(f"{given!r} cannot be read", where=place(row), expected=expected)
    return np.array(read.to_numpy().reshape(len(fields), fields.width))


def _lines(path: Path) -> tuple[str, list[str]]:
    existing_file(path, "annotations")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not a text file", expected="UTF-8") from error
    header, *lines = text.rstrip().split("\n")
    return header.strip(), lines


def _texts(lines: list[str]) -> pl.Series:
    """Return the lines without surrounding spaces; null for empty ones."""
    text = pl.Series(lines, dtype=pl.String).str.strip_chars()
    return text.set(text == "", None)


def _is_image(cell: str) -> bool:
    return cell.strip().lower().endswith((".jpg", ".jpeg", ".png"))
