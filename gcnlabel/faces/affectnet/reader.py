"""AffectNet (Mollahosseini, Hasani, Mahoor, 2017): expression, valence and arousal of faces, in two releases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gcnlabel.annotations.row_report import ALLOWED
from gcnlabel.errors import InputError
from gcnlabel.faces.affectnet.lists import csv_records
from gcnlabel.faces.affectnet.records import faces_of_records
from gcnlabel.faces.affectnet.released_npy import npy_records
from gcnlabel.faces.annotations import BASIC_EXPRESSIONS, FaceAnnotations
from gcnlabel.faces.folders import chosen_form, existing_folder

CLASSES = {7: BASIC_EXPRESSIONS, 8: (*BASIC_EXPRESSIONS, "contempt")}
RELEASES = {
    "2017": "training.csv and validation.csv (or Manually_Annotated_file_lists with them), and their images",
    "2021": "train_set and val_set, each with images and annotations",
}


def read_affectnet(
    root: str | Path,
    *,
    classes: int = 7,
    release: str | None = None,
    complete_only: bool = False,
    label_map: Mapping[Any, str | None] | None = None,
    images: str | Path | None = None,
    allow_undeclared: float = ALLOWED,
) -> FaceAnnotations:
    """Return the faces of AffectNet, splits "train" and "val".

    Codes are declared (:data:`~gcnlabel.faces.expression_codes.AFFECTNET_CODES`): 0 neutral, 1 happy, 2 sad,
    3 surprise, 4 fear, 5 disgust, 6 anger, 7 contempt, 8 none, 9 uncertain, 10 no-face; class names are read too.
    Valence and arousal of -2 are missing. Unusable rows are left out or masked, and counted by reason.

    Args:
        root: Folder of the release.
        classes: 7 (codes 0 to 6) or 8 (with contempt).
        release: "2017" (CSV lists) or "2021" (npy files); None to detect it.
        complete_only: Whether to keep only rows with expression, valence and arousal, as the paper did.
        label_map: Code or text -> class name, instead of the declared codes; None for a code without a class.
        images: Folder that the paths of the 2017 lists are relative to; None to find it below ``root``.
        allow_undeclared: Largest fraction of rows with undeclared codes, which are left out and counted.

    Raises:
        InputError: The folder is of another release, too many codes are undeclared, or a cell or file is invalid.
    """
    root = existing_folder(root, "AffectNet folder")
    if classes not in CLASSES:
        raise InputError(f"AffectNet with {classes!r} classes", expected="7, or 8 with contempt")
    if chosen_form(root, RELEASES, release, of="AffectNet", argument="release") == "2017":
        records = csv_records(root, None if images is None else Path(images))
    else:
        records = npy_records(root)
    how: dict[str, Any] = {"complete_only": complete_only, "label_map": label_map}
    return faces_of_records(records, CLASSES[classes], **how, allow_undeclared=allow_undeclared)
