"""The bundled synthetic faces, rendered on demand."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import PositiveInt

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.faces.synthetic import SPLITS, SYNTHETIC_TASKS, synthetic_faces
from gcnlabel.faces.synthetic.renderer import SIZE
from gcnlabel.sources import SOURCES, DataSource, SampleSet
from gcnlabel.tasks import TaskSet


@SOURCES.register("synthetic-faces")
class SyntheticFaces(DataSource):
    """The bundled synthetic faces, rendered on demand.

    Attributes:
        train: Number of faces in the split "train".
        val: Number of faces in the split "val".
        test: Number of faces in the split "test".
        seed: Random seed of all faces.
    """

    note: ClassVar[str] = "synthetic faces: drawn by a renderer, not photographs"

    source: Literal["synthetic-faces"]
    train: PositiveInt = 4000
    val: PositiveInt = 1000
    test: PositiveInt = 2000
    seed: int = 0

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return all faces."""
        return _drawn((self.train, self.val, self.test), self.seed), RowReport()

    def known_tasks(self) -> TaskSet:
        """Return the expressions, and valence and arousal."""
        return SYNTHETIC_TASKS

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(1, H, W): grey."""
        return 1, SIZE, SIZE


@lru_cache(maxsize=2)  # many runs of one process share them
def _drawn(sizes: tuple[int, ...], seed: int) -> SampleSet:
    images, annotations = zip(
        *(synthetic_faces(n, seed=seed, split=split) for n, split in zip(sizes, SPLITS, strict=True)), strict=True
    )
    return SampleSet(Annotations.concatenate(annotations), np.concatenate(images))
