"""COCO and VOC: tags from their annotation files, images from their folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gcnlabel.annotations import Annotations, read_coco_splits, read_voc
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.config.sources import Coco, Voc
from gcnlabel.config.splits import PARTS
from gcnlabel.errors import InputError, shorten
from gcnlabel.run.listed_images import load_listed_images


def read_tagged_images(data: Coco | Voc) -> Annotations:
    """Return the tags of a data set, without its images.

    Raises:
        InputError: A file is missing or malformed.
    """
    if isinstance(data, Coco):
        return read_coco_splits(data.files, task_name=data.task, empty_images=data.empty_images)
    sets = [name for part in PARTS if (name := getattr(data.splits, part)) is not None]
    return read_voc(data.path, sets, task_name=data.task, difficult=data.difficult, unknown=data.unknown)


def voc_images(data: Voc) -> Path:
    """Return the folder of VOC's images."""
    return Path(data.images or Path(data.path) / "JPEGImages")


def load_tagged_images(data: Coco | Voc) -> tuple[Annotations, Any, RowReport]:
    """Return the tags and images of a data set, and which images were left out.

    Raises:
        InputError: A file is missing or malformed, more images than allowed are, or a split of COCO has no folder.
    """
    annotations = read_tagged_images(data)
    ids = [] if annotations.ids is None else annotations.ids.tolist()
    if isinstance(data, Voc):
        root, names = voc_images(data), [f"{image}.jpg" for image in ids]
    elif isinstance(data.images, str):
        root, names = Path(data.images), ids
    else:
        root, folders = _below_one_root(data)
        splits = [] if annotations.split is None else annotations.split.tolist()
        names = [f"{folders[split]}/{image}" for split, image in zip(splits, ids, strict=True)]
    where = root, names, annotations
    return load_listed_images(*where, size=data.size, channels=data.channels, allowed=data.allow_missing)


def _below_one_root(data: Coco) -> tuple[Path, dict[str, str]]:
    """Return the folder that all folders of images lie in, and split -> its folder, relative to that."""
    folders = data.images if isinstance(data.images, dict) else {}
    if folders.keys() != data.files.keys():
        raise InputError(
            f"data.images names folders for {shorten(folders)}",
            expected=f"one for each of data.files: {shorten(data.files)}",
        )
    root = os.path.commonpath([os.path.abspath(folder) for folder in folders.values()])
    return Path(root), {split: os.path.relpath(os.path.abspath(folder), root) for split, folder in folders.items()}
