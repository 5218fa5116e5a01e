"""EMOTIC (Kosti, Alvarez, Recasens, Lapedriza, 2019): 26 categories and three dimensions of persons in context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.found_images import OTHER_CASE, find_images
from gcnlabel.annotations.row_report import MISSING
from gcnlabel.annotations.usable_rows import UsableRows
from gcnlabel.errors import InputError
from gcnlabel.faces.annotations import FaceAnnotations
from gcnlabel.faces.emotic.categories import CATEGORIES, EMOTIC_TASKS, category, checked_spellings
from gcnlabel.faces.emotic.csv_lists import csv_persons
from gcnlabel.faces.emotic.mat import SPLITS, Person, mat_persons
from gcnlabel.faces.folders import (
    EMOTIC_FILES,
    annotation_folders,
    existing_folder,
    first_existing,
    wrong_folder,
)

Array = npt.NDArray[Any]

IMAGE_FOLDERS = ("emotic", "images", ".")


def read_emotic(
    root: str | Path,
    *,
    annotations: str | Path | None = None,
    images: str | Path | None = None,
    complete_only: bool = False,
    label_map: Mapping[str, str] | None = None,
) -> FaceAnnotations:
    """Return the persons of EMOTIC, splits "train", "val" and "test"; boxes are those of bodies, eyes are unknown.

    Args:
        root: Folder of the data set.
        annotations: ``Annotations.mat``, or a folder with it or with ``train.csv``, ``val.csv`` and ``test.csv``; None
            to find them below ``root``. The .mat file has precedence.
        images: Folder that image paths are relative to; None for ``emotic``, ``images`` or ``root`` itself.
        complete_only: Whether to keep only persons with categories and all three dimensions.
        label_map: Spelling -> category, instead of the declared spellings; the 26 names are always read.

    Raises:
        InputError: There are no annotations or no images, the .mat file is of another version, or a category is
            unknown.
    """
    root = existing_folder(root, "EMOTIC folder")
    persons = list(_persons(root, None if annotations is None else Path(annotations)))
    if not persons:
        raise InputError("the annotations have no persons", where=root)
    return _faces(persons, _image_folder(root, images, persons[0].image), complete_only, checked_spellings(label_map))


def _persons(root: Path, annotations: Path | None) -> Iterator[Person]:
    if annotations is not None and annotations.is_file():
        if annotations.suffix.lower() != ".mat":
            raise InputError(
                f"{annotations}", expected="Annotations.mat, or a folder with train.csv, val.csv, test.csv"
            )
        return mat_persons(annotations)
    if annotations is not None:
        existing_folder(annotations, "EMOTIC annotations")
    folders = annotation_folders(root if annotations is None else annotations)
    for folder in folders:
        mat = first_existing(folder, EMOTIC_FILES)
        if mat is not None:
            return mat_persons(mat)
    for folder in folders:
        tables = {split: folder / f"{split}.csv" for split in SPLITS if (folder / f"{split}.csv").exists()}
        if tables:
            return (person for split, path in tables.items() for person in csv_persons(path, split))
    raise wrong_folder(folders[0], "EMOTIC", "Annotations.mat, or train.csv, val.csv and test.csv")


def _image_folder(root: Path, images: str | Path | None, example: str) -> Path:
    if images is not None:
        return existing_folder(images, "folder of images")
    top = example.split("/", maxsplit=1)[0]
    found = next((root / name for name in IMAGE_FOLDERS if (root / name / top).is_dir()), None)
    if found is None:
        raise InputError(
            f"the folder of images is missing: no {top!r}",
            where=root,
            expected=f"emotic/{example}",
            fix="put mscoco, framesdb, emodb_small and ade20k there, or in Python give their folder as images=",
        )
    return found


def _faces(persons: list[Person], root: Path, complete_only: bool, spellings: Mapping[str, str]) -> FaceAnnotations:
    index = {name: i for i, name in enumerate(CATEGORIES)}
    tags = np.full((len(persons), len(CATEGORIES)), np.nan, dtype=np.float32)
    boxes = np.full((len(persons), 4), np.nan)
    for row, person in enumerate(persons):
        if person.categories:
            tags[row] = 0
            tags[row, [index[category(name, spellings, person.where)] for name in person.categories]] = 1
        if len(person.box) == 4:
            boxes[row] = person.box
    affect = np.array([person.continuous for person in persons])
    ids = pl.Series([person.image for person in persons])
    splits = np.array([person.split for person in persons])
    rows = UsableRows(splits, ids, complete_only=complete_only)
    images = find_images(root, ids)
    empty: Array = np.isnan(affect)
    outside: Array = ~empty & ~((affect >= 1) & (affect <= 10))
    affect[outside] = np.nan
    rows.leave_out(MISSING, ~images.present)
    rows.leave_out("body box empty", ~((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])))
    untagged = np.isnan(tags).any(axis=1)
    rows.leave_out("neither category nor dimension", untagged & np.isnan(affect).all(axis=1))
    rows.mask("no category", untagged)
    rows.mask("a dimension is NaN", empty.any(axis=1))
    rows.mask("a dimension is outside [1, 10]", outside.any(axis=1) & ~empty.any(axis=1))
    rows.note(OTHER_CASE, images.other_case)
    rows.note(
        "several annotators, categories joined and dimensions averaged", np.array([p.annotators > 1 for p in persons])
    )
    if not rows.kept.any():
        raise InputError(f"no usable person of EMOTIC, of {len(persons)} {rows.report.line()}", where=root)
    every = Annotations(EMOTIC_TASKS, {"emotions": tags, "affect": affect}, splits, ids.to_numpy())
    unknown = np.full((len(persons), 2, 2), np.nan)
    return FaceAnnotations(every, root, boxes, unknown, rows.report, images.files).select(rows.kept)
