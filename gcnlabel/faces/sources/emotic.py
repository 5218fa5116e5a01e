"""EMOTIC: 26 categories of emotion, and valence, arousal and dominance, of people in their context."""

from __future__ import annotations

from typing import ClassVar, Literal

from gcnlabel.faces.annotations import FaceAnnotations
from gcnlabel.faces.emotic.categories import EMOTIC_TASKS
from gcnlabel.faces.emotic.reader import IMAGE_FOLDERS, read_emotic
from gcnlabel.faces.source import Faces
from gcnlabel.sources import SOURCES
from gcnlabel.tasks import TaskSet


@SOURCES.register("emotic")
class Emotic(Faces):
    """EMOTIC."""

    folders: ClassVar[tuple[str, ...]] = IMAGE_FOLDERS

    source: Literal["emotic"]

    def known_tasks(self) -> TaskSet:
        """Return the tasks of the data set, without reading it."""
        return EMOTIC_TASKS

    def released(self) -> FaceAnnotations:
        """Return the people of the data set as it was released."""
        return read_emotic(self.path, complete_only=self.complete_only)
