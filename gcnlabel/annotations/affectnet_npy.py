"""AffectNet's release of 2021: cropped images, and four small ``.npy`` files for each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.affectnet_records import EMPTY_CELLS, AffectNetRecords
from gcnlabel.annotations.eye_centres import eyes_from_text
from gcnlabel.annotations.face_folders import IMAGE_SUFFIXES, existing_folder
from gcnlabel.annotations.npy_text import npy_text
from gcnlabel.errors import InputError

Array = npt.NDArray[Any]

PARTS = {"train": "train_set", "val": "val_set"}
KINDS = {"exp": "expression", "val": "valence", "aro": "arousal", "lnd": "landmarks"}
CHUNK = 2_000


def npy_records(root: Path) -> AffectNetRecords:
    """Return one row for each id that has an annotation in ``train_set`` or ``val_set``.

    The files are read by threads in chunks, and each folder is listed once.

    Raises:
        InputError: A folder is missing or empty, or a file is no array of text or numbers.
    """
    frames, unannotated = [], 0
    for split, part in PARTS.items():
        if (root / part).is_dir():
            frame, extra = _read_part(root, part)
            frames.append(frame.with_columns(split=pl.lit(split)))
            unannotated += extra
    cells = pl.concat(frames)
    return AffectNetRecords(
        cells=cells,
        root=root,
        present=cells["present"].to_numpy(),
        boxes=None,
        eyes=eyes_from_text(cells["landmarks"]),
        place=lambda row: f"{root / cells['file'][row]}_*.npy",
        left_out={"image without annotations (left out)": unannotated} if unannotated else {},
    )


def _read_part(root: Path, part: str) -> tuple[pl.DataFrame, int]:
    folder = existing_folder(root / part / "annotations", "folder of annotations")
    images = _images(existing_folder(root / part / "images", "folder of images"))
    names = set(os.listdir(folder))
    stems = {stem for name in names for stem, _, kind in [name.rpartition("_")] if kind[:-4] in KINDS and stem}
    if not stems:
        raise InputError("no annotation in the folder", where=folder, expected="<id>_exp.npy, <id>_val.npy, ...")
    ids = sorted(stems, key=lambda stem: (len(stem), stem))
    rows = [[f"{i}_{kind}.npy" if f"{i}_{kind}.npy" in names else None for i in ids] for kind in KINDS]
    columns = {column: _read_files(folder, files) for column, files in zip(KINDS.values(), rows, strict=True)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(KINDS.values(), pl.String))
    frame = frame.with_columns(
        id=pl.Series([f"{part}/images/{images.get(i, f'{i}.jpg')}" for i in ids]),
        file=pl.Series([f"{part}/annotations/{i}" for i in ids]),
        present=pl.Series([i in images for i in ids]),
    )
    return frame, len(images.keys() - stems)


def _images(folder: Path) -> dict[str, str]:
    split = ((name, *os.path.splitext(name)) for name in os.listdir(folder))
    return {stem: name for name, stem, suffix in split if suffix.lower() in IMAGE_SUFFIXES}


def _read_files(folder: Path, names: Sequence[str | None]) -> list[str | None]:
    """Return the text of each file, None where there is none or it is empty."""

    def read(chunk: Sequence[str | None]) -> list[str | None]:
        texts = [None if name is None else npy_text(f"{folder}/{name}") for name in chunk]
        return [None if text is None or text.strip() in EMPTY_CELLS else text for text in texts]

    chunks = [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
    with ThreadPoolExecutor(min(8, len(chunks))) as pool:
        return [text for part in pool.map(read, chunks) for text in part]
