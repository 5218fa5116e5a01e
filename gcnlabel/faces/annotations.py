"""Annotations of faces: targets, boxes and eye centres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.errors import InputError
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

Array = npt.NDArray[Any]

BASIC_EXPRESSIONS = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger")
"""The seven classes, in the order of AffectNet's codes 0 to 6."""


@dataclass(frozen=True)
class FaceAnnotations:
    """Annotations of N faces.

    Attributes:
        annotations: Targets and splits; ``ids`` are the paths of the images relative to ``root``, with forward slashes.
            They may repeat, because an image can have several faces.
        root: Folder of the images.
        boxes: Face boxes x1, y1, x2, y2 in pixels, float64 [N, 4]; a row of NaN means the whole image.
        eyes: Eye centres (x, y), the left one in the image first, float64 [N, 2, 2]; NaN where unknown.
        rows: Report on rows that were left out or masked, by split and reason.
        files: Paths of the images relative to ``root`` if they differ from the ids (suffix in other case), [N]; or None.

    Raises:
        InputError: The arrays differ in length, or there are no ids or splits.

    Example:
        >>> faces = FaceAnnotations(
        ...     Annotations(face_tasks(), {"expression": np.array([1]), "affect": np.array([[0.5, np.nan]])},
        ...                 split=["train"], ids=["a/b.jpg"]),
        ...     Path("images"), np.array([[10.0, 20, 50, 60]]), np.full((1, 2, 2), np.nan))
        >>> len(faces), faces.select([]).boxes.shape
        (1, (0, 4))
    """

    annotations: Annotations
    root: Path
    boxes: Array
    eyes: Array
    rows: RowReport = field(default_factory=RowReport)
    files: Array | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.annotations.ids is None or self.annotations.split is None:
            raise InputError("annotations of faces without ids or splits", expected="a path and a split for each face")
        n = len(self.annotations)
        for name, shape in (("boxes", (n, 4)), ("eyes", (n, 2, 2))):
            value = np.asarray(getattr(self, name), dtype=np.float64)
            if value.shape != shape:
                raise InputError(f"{name} of shape {value.shape}", expected=f"{shape}: one entry per face")
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """Return the number of faces, N."""
        return len(self.annotations)

    @property
    def unusable(self) -> dict[str, int]:
        """Reason -> number of rows; the reason includes whether they were left out or masked."""
        return self.rows.reasons()

    def paths(self) -> list[str]:
        """Return the path of each image relative to ``root``, with forward slashes."""
        names = self.annotations.ids if self.files is None else self.files
        return [] if names is None else [str(name) for name in names]

    def select(self, rows: Array | Sequence[int]) -> FaceAnnotations:
        """Return the faces of ``rows``, a boolean mask or indices."""
        rows = np.asarray(rows, dtype=np.int64) if len(rows) == 0 else np.asarray(rows)
        files = None if self.files is None else self.files[rows]
        return FaceAnnotations(
            self.annotations.select(rows), self.root, self.boxes[rows], self.eyes[rows], self.rows, files
        )


def face_tasks(classes: Sequence[str] = BASIC_EXPRESSIONS) -> TaskSet:
    """Return the two tasks of AffectNet and Aff-Wild2: expression classes, and valence and arousal in [-1, 1].

    Example:
        >>> face_tasks()
        TaskSet(expression: categorical[7], affect: dimensional[2])
    """
    return TaskSet(
        [Categorical("expression", tuple(classes)), Dimensional("affect", ("valence", "arousal"), range=(-1, 1))]
    )
