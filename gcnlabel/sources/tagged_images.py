"""Base class of COCO and VOC: tags from annotation files, images from folders."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.settings import Share
from gcnlabel.sources.pictures import Pictures
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.source import DataSource
from gcnlabel.tasks import TaskSet


class TaggedImages(Pictures, DataSource):
    """Images with tags.

    Attributes:
        task: Name of the multi-label task.
        allow_missing: Largest fraction of a split's images that may be missing or unreadable; more is an error.
    """

    usual_size: ClassVar[int] = 448

    task: str = "objects"
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

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return the images that can be read and their tags."""
        return self.load_pictures(tasks, self.allow_missing)

    def listed(self, tasks: TaskSet | None) -> tuple[Path, Sequence[str], Annotations]:
        """Return folder, path of each image and tags."""
        annotations = self.tags()
        return *self.paths(annotations), annotations

    def read_tasks(self) -> TaskSet:
        """Return the tasks, without reading images."""
        return self.tags().tasks
