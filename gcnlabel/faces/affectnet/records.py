"""Convert the rows of either release of AffectNet to face annotations, and count unusable rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.found_images import OTHER_CASE, FoundImages, elsewhere
from gcnlabel.annotations.row_report import MISSING, RowReport
from gcnlabel.annotations.usable_rows import UsableRows
from gcnlabel.errors import InputError
from gcnlabel.faces.affectnet.eye_centres import Eyes
from gcnlabel.faces.annotations import FaceAnnotations, face_tasks
from gcnlabel.faces.expression_codes import (
    AFFECTNET_CODES,
    Place,
    class_indices,
    class_names,
    rows_without_class,
)

Array = npt.NDArray[Any]

EMPTY_CELLS = ("", "NULL", "null", "None", "nan", "NaN")
NOT_ANNOTATED = -2.0


@dataclass(frozen=True)
class AffectNetRecords:
    """The rows of a release.

    Attributes:
        cells: Text columns id, split, expression, valence, arousal; null where empty.
        root: Folder of the images.
        images: Which images exist, and as which files.
        boxes: Face boxes x1, y1, x2, y2, float64 [N, 4]; None if images are already cropped.
        eyes: Eye centres.
        place: Function from a row index to its location, for messages.
        report: Counts of images without annotations.
    """

    cells: pl.DataFrame
    root: Path
    images: FoundImages
    boxes: Array | None
    eyes: Eyes
    place: Place
    report: RowReport = field(default_factory=RowReport)


def faces_of_records(
    records: AffectNetRecords,
    classes: Sequence[str],
    *,
    complete_only: bool,
    label_map: Mapping[Any, str | None] | None,
    allow_undeclared: float,
) -> FaceAnnotations:
    """Return the faces of the usable rows.

    A row is left out if its image is missing, its box is empty, its code is none of ``classes`` (the 7-class protocol
    keeps codes 0 to 6, the 8-class one 0 to 7), or neither target is annotated. A row with one target is kept, with the
    other one masked.

    Raises:
        InputError: Too many codes are undeclared, a value is not a number, or there are no usable rows.
    """
    cells = records.cells
    codes = cells["expression"], classes, AFFECTNET_CODES, label_map
    names = class_names(*codes, records.place, allowed=allow_undeclared)
    affect, bad_affect = affect_of(cells, records.place)
    rows = UsableRows(cells["split"], cells["id"], complete_only=complete_only)
    outside = {MISSING: ~records.images.present, **rows_without_class(cells["expression"], names, classes)}
    _sort_out(rows, records, {**outside, **_without_box(records.boxes)}, names.is_null().to_numpy(), affect, bad_affect)
    if not rows.kept.any():
        raise _none_left(records, rows)
    every = Annotations(
        face_tasks(classes),
        {"expression": class_indices(names, classes), "affect": affect},
        split=cells["split"].to_numpy(),
        ids=cells["id"].to_numpy(),
    )
    boxes = np.full((len(cells), 4), math.nan) if records.boxes is None else records.boxes
    places = boxes, records.eyes.centres
    every_face = FaceAnnotations(every, records.root, *places, records.report + rows.report, records.images.files)
    return every_face.select(rows.kept)


def _none_left(records: AffectNetRecords, rows: UsableRows) -> InputError:
    missing = np.flatnonzero(~records.images.present)
    return InputError(
        f"no usable row of AffectNet, of {len(records.cells)} {rows.report.line()}",
        where=records.root,
        expected="images at the paths in the lists, and codes of the protocol",
        fix=elsewhere(records.root, records.cells["id"][int(missing[0])]) if len(missing) else None,
    )


def _without_box(boxes: Array | None) -> dict[str, Array]:
    if boxes is None:
        return {}
    return {"face box empty": ~((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))}


def _sort_out(
    rows: UsableRows,
    records: AffectNetRecords,
    outside: Mapping[str, Array],
    unclassed: Array,
    affect: Array,
    bad_affect: Mapping[str, Array],
) -> None:
    """Leave out rows, mask missing targets and count irregularities, each with its reason."""
    for reason, which in outside.items():
        rows.leave_out(reason, which)
    rows.leave_out("neither expression nor valence-arousal", unclassed & np.isnan(affect).all(axis=1))
    for reason, missing in {"expression not annotated": unclassed, **bad_affect}.items():
        rows.mask(reason, missing)
    for reason, which in {OTHER_CASE: records.images.other_case, **records.eyes.problems}.items():
        rows.note(reason, which)


def affect_of(cells: pl.DataFrame, place: Place) -> tuple[Array, dict[str, Array]]:
    """Return valence and arousal, float64 [N, 2], NaN = missing, and reason -> rows with a missing value.

    Raises:
        InputError: A cell is not a number.
    """
    values = np.stack([_numbers(cells[name], name, place) for name in ("valence", "arousal")], axis=1)
    empty = np.isnan(values)
    marked = values == NOT_ANNOTATED
    outside = ~empty & ~marked & ~((values >= -1) & (values <= 1))
    values[marked | outside] = math.nan
    return values, {
        "valence or arousal empty": empty.any(axis=1),
        "valence or arousal -2": marked.any(axis=1) & ~empty.any(axis=1),
        "valence or arousal outside [-1, 1]": outside.any(axis=1) & ~(marked | empty).any(axis=1),
    }


def _numbers(text: pl.Series, name: str, place: Place) -> Array:
    values = text.str.strip_chars().cast(pl.Float64, strict=False)
    bad = (text.is_not_null() & values.is_null()).arg_true()
    if len(bad):
        row = int(bad[0])
        raise InputError(
            f"{name} = {text[row]!r} is not a number", where=place(row), expected="a number in [-1, 1], or -2"
        )
    return np.array(values.fill_null(math.nan).to_numpy())
