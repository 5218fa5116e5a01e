"""COCO's annotation files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from gcnlabel.annotations import Annotations, read_coco_splits
from gcnlabel.errors import InputError, shorten
from gcnlabel.settings import TextOrTexts
from gcnlabel.sources.source import SOURCES, Divided
from gcnlabel.sources.splits import Splits
from gcnlabel.sources.tagged_images import TaggedImages


@SOURCES.register("coco")
class Coco(TaggedImages, Divided):
    """COCO's annotation files (``instances_*.json``), as tags: the categories in each image.

    Attributes:
        files: Split name -> its ``instances_*.json``.
        images: Folder of the images, or split name -> its folder.
        empty_images: Treatment of images without annotations: all tags negative, or left out as in ML-GCN's code.
        splits: Splits; the test split is "val", because COCO's test images have no public annotations.
    """

    source: Literal["coco"]
    splits: Splits = Splits(val=None, test="val")
    files: dict[str, str]
    images: TextOrTexts
    empty_images: Literal["negative", "left-out"] = "negative"

    def tags(self) -> Annotations:
        """Return the tags, without the images."""
        return read_coco_splits(self.files, task_name=self.task, empty_images=self.empty_images)

    def paths(self, annotations: Annotations) -> tuple[Path, list[str]]:
        """Return the common root of all image folders, and the path of each image relative to it."""
        ids = [] if annotations.ids is None else annotations.ids.tolist()
        if isinstance(self.images, str):
            return Path(self.images), ids
        if self.images.keys() != self.files.keys():
            raise InputError(
                f"data.images names folders for {shorten(self.images)}",
                expected=f"one for each of data.files: {shorten(self.files)}",
            )
        folders = {split: os.path.abspath(folder) for split, folder in self.images.items()}
        root = os.path.commonpath(list(folders.values()))
        splits = [] if annotations.split is None else annotations.split.tolist()
        inner = {split: os.path.relpath(folder, root) for split, folder in folders.items()}
        return Path(root), [f"{inner[split]}/{image}" for split, image in zip(splits, ids, strict=True)]

    @property
    def image_folders(self) -> list[Path]:
        """The folders of the images."""
        return [Path(self.images)] if isinstance(self.images, str) else [Path(each) for each in self.images.values()]
