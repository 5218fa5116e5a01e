"""Aff-Wild2: expressions, valence and arousal of the frames of videos, cropped and aligned by its makers."""

from __future__ import annotations

from typing import ClassVar, Literal

from gcnlabel.faces.aff_wild2.reader import CLASSES, read_aff_wild2
from gcnlabel.faces.annotations import FaceAnnotations, face_tasks
from gcnlabel.faces.source import Faces
from gcnlabel.sources import SOURCES
from gcnlabel.tasks import TaskSet


@SOURCES.register("aff-wild2")
class AffWild2(Faces):
    """Aff-Wild2.

    Attributes:
        classes: 7 expressions, or 8 with "other".
    """

    folders: ClassVar[tuple[str, ...]] = ("cropped_aligned",)

    source: Literal["aff-wild2"]
    classes: Literal[7, 8] = 7

    def known_tasks(self) -> TaskSet:
        """Return the tasks of the data set, without reading it."""
        return face_tasks(CLASSES[self.classes])

    def released(self) -> FaceAnnotations:
        """Return the faces of the data set as it was released."""
        allowed = self.allow_missing
        return read_aff_wild2(
            self.path, classes=self.classes, complete_only=self.complete_only, allow_undeclared=allowed
        )
