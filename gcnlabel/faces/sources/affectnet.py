"""AffectNet: expressions, valence and arousal of faces with boxes and landmarks."""

from __future__ import annotations

from typing import ClassVar, Literal

from gcnlabel.faces.affectnet.lists import IMAGE_FOLDERS
from gcnlabel.faces.affectnet.reader import CLASSES, read_affectnet
from gcnlabel.faces.annotations import FaceAnnotations, face_tasks
from gcnlabel.faces.source import Faces
from gcnlabel.sources import SOURCES
from gcnlabel.sources.table import Alignment
from gcnlabel.tasks import TaskSet


@SOURCES.register("affectnet")
class AffectNet(Faces):
    """AffectNet, of 2017 or 2021.

    Attributes:
        classes: 7 expressions, or 8 with contempt.
        alignment: Point that a face's box is rotated about: ``centre``, or ``emotion-gcn-code`` for its corner, as in
            the published code (:mod:`gcnlabel.faces.alignment`).
    """

    folders: ClassVar[tuple[str, ...]] = (*IMAGE_FOLDERS, ".")

    source: Literal["affectnet"]
    classes: Literal[7, 8] = 7
    alignment: Alignment = "centre"

    def known_tasks(self) -> TaskSet:
        """Return the tasks of the data set, without reading it."""
        return face_tasks(CLASSES[self.classes])

    def released(self) -> FaceAnnotations:
        """Return the faces of the data set as it was released."""
        allowed = self.allow_missing
        return read_affectnet(
            self.path, classes=self.classes, complete_only=self.complete_only, allow_undeclared=allowed
        )

    @property
    def crops(self) -> str:
        """Name of the alignment of face crops."""
        return self.alignment
