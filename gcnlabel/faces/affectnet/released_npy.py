"""AffectNet's release of 2021: cropped images, each with four small ``.npy`` files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.found_images import FoundImages
from gcnlabel.annotations.npy_text import npy_text, npy_values
from gcnlabel.annotations.row_report import LEFT_OUT, RowCount, RowReport
from gcnlabel.errors import InputError
from gcnlabel.faces.affectnet.eye_centres import eye_coordinates, eyes_from_points
from gcnlabel.faces.affectnet.records import EMPTY_CELLS, AffectNetRecords
from gcnlabel.faces.folders import IMAGE_SUFFIXES, existing_folder

Array = npt.NDArray[Any]

PARTS = {"train": "train_set", "val": "val_set"}
KINDS = {"exp": "expression", "val": "valence", "aro": "arousal"}
LANDMARKS = "lnd"
CHUNK, THREADS = 2_000, 4
Value = TypeVar("Value")


def npy_records(root: Path) -> AffectNetRecords:
    """Return one row for each id with an annotation in ``train_set`` or ``val_set``.

    Raises:
        InputError: A folder is missing or empty, or a file is not an array of text or numbers.
    """
    frames, points, report = [], [], RowReport()
    for split, part in PARTS.items():
        if (root / part).is_dir():
            frame, eye_points, extra = _read_part(root, part)
            points.append(eye_points)
            frames.append(frame.with_columns(split=pl.lit(split)))
            if extra:
                report += RowReport((RowCount(split, LEFT_OUT, "image without annotations", len(extra), extra[0]),))
    cells = pl.concat(frames)
    return AffectNetRecords(
        cells=cells,
        root=root,
        images=FoundImages(cells["id"].to_numpy(), present := cells["present"].to_numpy(), np.zeros_like(present)),
        boxes=None,
        eyes=eyes_from_points(np.concatenate(points), (~cells["landmarks"]).to_numpy()),
        place=lambda row: f"{root / cells['file'][row]}_*.npy",
        report=report,
    )


def _read_part(root: Path, part: str) -> tuple[pl.DataFrame, Array, list[str]]:
    """Return the text columns, the points of the eyes [N, 12, 2], and the images without annotations."""
    folder = existing_folder(root / part / "annotations", "folder of annotations")
    images = _images(existing_folder(root / part / "images", "folder of images"))
    names = {name for name in os.listdir(folder) if not name.startswith(".")}
    kinds = {f"{kind}.npy" for kind in (*KINDS, LANDMARKS)}
    stems = {stem for stem, _, kind in (name.rpartition("_") for name in names) if kind in kinds and stem}
    if not stems:
        raise InputError("no annotation in the folder", where=folder, expected="<id>_exp.npy, <id>_val.npy, ...")
    ids = sorted(stems, key=lambda stem: (len(stem), stem))

    def files(kind: str) -> list[str | None]:
        return [f"{folder}/{i}_{kind}.npy" if f"{i}_{kind}.npy" in names else None for i in ids]

    landmarks = _read(files(LANDMARKS), _eye_points)
    points = np.stack([np.full(24, np.nan) if values is None else values for values in landmarks])
    frame = pl.DataFrame(
        {column: pl.Series(_texts(_read(files(kind), npy_text)), dtype=pl.String) for kind, column in KINDS.items()}
    ).with_columns(
        id=pl.Series([f"{part}/images/{images.get(i, f'{i}.jpg')}" for i in ids]),
        file=pl.Series([f"{part}/annotations/{i}" for i in ids]),
        present=pl.Series([i in images for i in ids]),
        landmarks=pl.Series([values is not None for values in landmarks]),
    )
    return frame, points.reshape(-1, 12, 2), [f"{part}/images/{images[i]}" for i in sorted(images.keys() - stems)]


def _eye_points(path: str) -> Array | None:
    """Return the coordinates of the eyes' points, [24]; None if the file is empty or has ``NULL``."""
    values = npy_values(path)
    if values.size == 0 or (values.size == 1 and str(values.astype(str)[0]).strip() in EMPTY_CELLS):
        return None
    return eye_coordinates(values)


def _images(folder: Path) -> dict[str, str]:
    split = ((name, *os.path.splitext(name)) for name in os.listdir(folder) if not name.startswith("."))
    return {stem: name for name, stem, suffix in split if suffix.lower() in IMAGE_SUFFIXES}


def _texts(texts: Sequence[str | None]) -> list[str | None]:
    return [None if text is None or text.strip() in EMPTY_CELLS else text for text in texts]


def _read(paths: Sequence[str | None], reader: Callable[[str], Value]) -> list[Value | None]:
    """Return the result of ``reader`` for each file, None for no file; reads in parallel threads."""

    def read(chunk: Sequence[str | None]) -> list[Value | None]:
        return [None if path is None else reader(path) for path in chunk]

    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    with ThreadPoolExecutor(min(THREADS, len(chunks))) as pool:
        return [value for part in pool.map(read, chunks) for value in part]
