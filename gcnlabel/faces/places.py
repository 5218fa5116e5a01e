"""Tables with the position of the face in each image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image

from gcnlabel.annotations.column_names import NAMELESS
from gcnlabel.annotations.table_file import TableFile, open_table
from gcnlabel.data.images import opened
from gcnlabel.data.upright import upright
from gcnlabel.errors import InputError, shorten
from gcnlabel.faces.affectnet.eye_centres import eyes_from_text
from gcnlabel.faces.alignment import CENTRE, Images, place_face, warp_faces
from gcnlabel.prediction.places import PLACES
from gcnlabel.sources import DataSource
from gcnlabel.sources.table import Alignment

BOX = ("face_x", "face_y", "face_width", "face_height")
LANDMARKS = "facial_landmarks"
COLUMNS = ("image", *BOX, LANDMARKS)


@dataclass(frozen=True)
class FacePlace:
    """Position of the face in an image.

    Attributes:
        box: x1, y1, x2, y2 in pixels, [4]; NaN for the whole image.
        eyes: Eye centres (x, y), the left one in the image first, [2, 2]; NaN if unknown, for no rotation.
        alignment: Point that the box is rotated about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`; None for
            the setting of the run's data.
    """

    box: npt.NDArray[np.float64]
    eyes: npt.NDArray[np.float64]
    alignment: str | None = None

    def read_image(self, path: Path, data: DataSource) -> Images:
        """Return the aligned face, uint8 [C, H, W], with the size and channels of a run's data.

        Raises:
            InputError: The image is missing, truncated or not an image, or the box is empty.
        """
        with opened(path) as image:
            return self.cut_out(upright(image), data)

    def cut_out(self, picture: Image.Image, data: DataSource) -> Images:
        """Return the aligned face from an upright image, uint8 [C, H, W], with the size and channels of a run's data.

        Raises:
            InputError: The box is empty.
        """
        channels, size, _ = data.image_shape or (0, 0, 0)
        alignment = self.alignment or getattr(data, "alignment", None) or CENTRE
        placement = place_face(picture.size, self.box, self.eyes, alignment)
        return warp_faces(picture, [placement], size, channels)[0]


@PLACES.register("faces")
def read_face_places(path: str | Path, *, alignment: Alignment | None = None) -> Mapping[str, FacePlace]:
    """Return image name -> position of its face, from a CSV or Parquet file.

    Its columns are ``image`` and, as in AffectNet's lists, ``face_x``, ``face_y``, ``face_width``, ``face_height`` (all
    four or none) and, optionally, ``facial_landmarks`` (68 points, ``x;y;x;y;...``). Cells may be empty.

    Args:
        path: The file.
        alignment: Point that boxes are rotated about: ``centre``, or ``emotion-gcn-code`` for the corner as in the
            published code; None for the setting of the run's data.

    Raises:
        InputError: The file is missing or has other columns, an image is duplicated, or landmarks are not 68 points.
    """
    file = open_table(path, what="table of faces")
    path = file.path
    with file.readable():
        table = file.checked(file.scan().collect(), file.first_row)
    table = table.select(pl.col(name).cast(pl.String) for name in table.columns if not name.startswith(NAMELESS))
    given = [name for name in BOX if name in table.columns]
    unknown = [name for name in table.columns if name not in COLUMNS]
    if "image" not in table.columns or unknown or len(given) not in (0, 4):
        raise InputError(f"{path} has the columns {shorten(table.columns)}", expected=f"of {shorten(COLUMNS, 6)}")
    names = table["image"].fill_null("").to_list()
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise InputError(f"{path} has duplicate images: {shorten(twice)}", expected="one row per image")
    boxes, eyes = _boxes(table, file), _eyes(table, file)
    return {name: FacePlace(box, pair, alignment) for name, box, pair in zip(names, boxes, eyes, strict=True)}


def _boxes(table: pl.DataFrame, file: TableFile) -> npt.NDArray[np.float64]:
    if BOX[0] not in table.columns:
        return np.full((len(table), 4), np.nan)
    numbers = table.select(pl.col(BOX).cast(pl.Float64, strict=False))
    for name in BOX:
        wrong = (numbers[name].is_null() & table[name].is_not_null()).arg_true()
        if len(wrong):
            row = int(wrong[0])
            raise InputError(
                f"{table[name][row]!r} is not a number",
                where=f"{file.path}, row {row + file.first_row}, column {name}",
                expected="pixels",
            )
    box = numbers.fill_null(float("nan")).to_numpy()
    return np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)


def _eyes(table: pl.DataFrame, file: TableFile) -> npt.NDArray[np.float64]:
    if LANDMARKS not in table.columns:
        return np.full((len(table), 2, 2), np.nan)
    eyes = eyes_from_text(table[LANDMARKS])
    wrong = np.isnan(eyes.centres).any(axis=(1, 2)) & table[LANDMARKS].is_not_null().to_numpy()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            "invalid landmarks",
            where=f"{file.path}, row {row + file.first_row}, column {LANDMARKS}",
            expected="68 points x;y;x;y;..., the eyes apart, or an empty cell",
        )
    return eyes.centres
