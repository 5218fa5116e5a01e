"""Aff-Wild2 (Kollias and Zafeiriou, ABAW challenges): expression, valence and arousal of video frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.found_images import OTHER_CASE, find_images
from gcnlabel.annotations.row_report import ALLOWED
from gcnlabel.annotations.usable_rows import UsableRows
from gcnlabel.errors import InputError
from gcnlabel.faces.aff_wild2.files import numbers, read_mtl, video_files
from gcnlabel.faces.aff_wild2.videos import NO_IMAGE, Frames, read_videos
from gcnlabel.faces.annotations import BASIC_EXPRESSIONS, FaceAnnotations, face_tasks
from gcnlabel.faces.expression_codes import AFF_WILD2_CODES, class_indices, class_names, rows_without_class
from gcnlabel.faces.folders import (
    EXPR_FOLDERS,
    MTL_FILES,
    VA_FOLDERS,
    annotation_folders,
    chosen_form,
    existing_folder,
)

Array = npt.NDArray[Any]

CLASSES = {7: BASIC_EXPRESSIONS, 8: (*BASIC_EXPRESSIONS, "other")}
CHALLENGES = {
    "expr-va": "EXPR_Set and VA_Set (or the folders of a later release) with one text file per video",
    "mtl": " and ".join(MTL_FILES),
}


def read_aff_wild2(
    root: str | Path,
    *,
    challenge: str | None = None,
    classes: int = 7,
    complete_only: bool = False,
    label_map: Mapping[Any, str | None] | None = None,
    images: str | Path | None = None,
    annotations: str | Path | None = None,
    strict: bool = False,
    allow_undeclared: float = ALLOWED,
) -> FaceAnnotations:
    """Return the frames of Aff-Wild2, splits "train" and "val"; ids are ``<video>/<frame>.jpg``.

    Codes are declared (:data:`~gcnlabel.faces.expression_codes.AFF_WILD2_CODES`): 0 neutral, 1 anger, 2 disgust,
    3 fear, 4 happy, 5 sad, 6 surprise, 7 other, -1 invalid. Valence and arousal outside [-1, 1] are invalid. Each task
    has its own splits; a frame is in each split with the labels that it has there.

    Args:
        root: Folder of the data set: annotations, and ``cropped_aligned`` with one folder of frames per video.
        challenge: "expr-va" (a text file per video and task) or "mtl" (a file per split); None to detect it.
        classes: 7, or 8 with "other".
        complete_only: Whether to keep only frames with expression, valence and arousal, as the paper did.
        label_map: Code -> class name, instead of the declared codes; None for a code without a class.
        images: Folder of frames, if it is not ``root/cropped_aligned``.
        annotations: Folder of annotations, if it is not ``root``.
        strict: Whether to raise an error, instead of counting, if annotations do not match the frames.
        allow_undeclared: Largest fraction of frames with undeclared codes, which are masked and counted.

    Raises:
        InputError: The folder is of another data set, no video has images, or codes or lines are invalid.
    """
    root = existing_folder(root, "Aff-Wild2 folder")
    if classes not in CLASSES:
        raise InputError(f"Aff-Wild2 with {classes!r} classes", expected="7, or 8 with other")
    source = root if annotations is None else existing_folder(annotations, "folder of annotations")
    challenge = chosen_form(source, CHALLENGES, challenge, of="Aff-Wild2", argument="challenge")
    folder = existing_folder(root / "cropped_aligned" if images is None else images, "folder of frames")
    frames = _frames(challenge, source, folder, declared=label_map is None, strict=strict)
    return _faces(frames, folder, CLASSES[classes], complete_only, label_map, allow_undeclared)


def _frames(challenge: str, source: Path, folder: Path, *, declared: bool, strict: bool) -> Frames:
    if challenge == "mtl":
        return _mtl_frames(source, folder, strict=strict)
    files = video_files(source, EXPR_FOLDERS), video_files(source, VA_FOLDERS)
    return read_videos(*files, folder, declared=declared, strict=strict)


def _mtl_frames(source: Path, images: Path, *, strict: bool) -> Frames:
    parts, values = [], []
    for split, name in zip(("train", "val"), MTL_FILES, strict=True):
        path = next((folder / name for folder in annotation_folders(source) if (folder / name).exists()), None)
        if path is None:
            continue
        cells = read_mtl(path)

        def place(row: int, path: Path = path, lines: pl.Series = cells["line"]) -> str:
            return f"{path}, row {lines[row]}"

        values.append(numbers(cells.select("valence", "arousal"), place, "two numbers"))
        columns = cells.select("id", "expression", "line")
        parts.append(columns.with_columns(split=pl.lit(split), file=pl.lit(str(path))))
    cells, affect = pl.concat(parts), np.concatenate(values)
    found = find_images(images, cells["id"])
    missing = int(np.count_nonzero(~found.present))
    if missing and (strict or missing == len(cells)):
        first = cells["id"][int(np.flatnonzero(~found.present)[0])]
        raise InputError(f"{missing} of {len(cells)} frames have no image, first {first}", where=images)
    rows = UsableRows(cells["split"], cells["id"], complete_only=False)
    rows.leave_out(NO_IMAGE, ~found.present)
    rows.note(OTHER_CASE, found.other_case)
    kept = cells.with_columns(image=pl.Series(found.files.tolist(), dtype=pl.String)).filter(pl.Series(found.present))
    return Frames(kept, affect[found.present], rows.report)


def _faces(
    frames: Frames,
    root: Path,
    classes: tuple[str, ...],
    complete_only: bool,
    label_map: Mapping[Any, str | None] | None,
    allow_undeclared: float,
) -> FaceAnnotations:
    cells, affect = frames.cells, frames.affect

    def place(row: int) -> str:
        return f"{cells['file'][row]}, row {cells['line'][row]}"

    names = class_names(cells["expression"], classes, AFF_WILD2_CODES, label_map, place, allowed=allow_undeclared)
    target = class_indices(names, classes)
    unlisted: Array = np.asarray(np.isnan(affect).any(axis=1))
    invalid = ~unlisted & ~((affect >= -1) & (affect <= 1)).all(axis=1)
    affect = np.where((affect >= -1) & (affect <= 1), affect, np.nan)
    rows = UsableRows(cells["split"], cells["id"], complete_only=complete_only)
    rows.leave_out("neither expression nor valence-arousal", (target < 0) & np.isnan(affect).all(axis=1))
    for reason, outside in rows_without_class(cells["expression"], names, classes).items():
        rows.mask(reason, outside)
    rows.mask("expression not annotated", names.is_null().to_numpy())
    rows.mask("valence or arousal outside [-1, 1]", invalid)
    rows.mask("valence and arousal not annotated", unlisted)
    if not rows.kept.any():
        report = frames.report + rows.report
        raise InputError(f"no frame of Aff-Wild2 can be used, of {len(cells)} {report.line()}", where=root)
    kept = np.flatnonzero(rows.kept)
    targets = {"expression": target[kept], "affect": affect[kept]}
    used = cells[kept]
    found = Annotations(face_tasks(classes), targets, used["split"].to_numpy(), used["id"].to_numpy())
    n = len(found)
    unknown = np.full((n, 4), np.nan), np.full((n, 2, 2), np.nan)
    return FaceAnnotations(found, root, *unknown, frames.report + rows.report, used["image"].to_numpy())
