"""Base class of COCO and VOC: tags from annotation files, images from folders."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import PositiveInt

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.settings import Share
from gcnlabel.sources.listed_images import load_listed_images
from gcnlabel.sources.part import Part
from gcnlabel.sources.source import DataSource
from gcnlabel.tasks import TaskSet


class TaggedImages(DataSource):
    """Images with tags.

    Attributes:
        task: Name of the multi-label task.
        size: Height and width that images are resized to.
        channels: 1 for grey, 3 for colour.
        allow_missing: Fraction of a split's images that may be missing or unreadable; more is an error.
    """

    task: str = "objects"
    size: PositiveInt = 448
    channels: Literal[1, 3] = 3
    allow_missing: Share = 0.01

    @abstractmethod
    def tags(self) -> Annotations:
        """Return the tags, without the images.

        Raises:
            InputError: A file is missing or malformed.
        """

    @abstractmethod
    def paths(self, annotations: Annotations) -> tuple[Path, Sequence[str]]:
        """Return a folder, and the path of each image relative to it.

        Raises:
            InputError: A split has no folder.
        """

    def read(self, tasks: TaskSet | None) -> tuple[Part, RowReport]:
        """Return the readable images and their tags, and the report on all rows."""
        annotations = self.tags()
        where = *self.paths(annotations), annotations
        return load_listed_images(*where, size=self.size, channels=self.channels, allowed=self.allow_missing)

    def read_tasks(self) -> TaskSet:
        """Return the tasks, without reading images."""
        return self.tags().tasks

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the images."""
        return self.channels, self.size, self.size
