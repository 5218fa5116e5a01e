"""Base class of data sets of faces, read from a prepared cache or from the original images."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import PositiveInt, model_validator

from gcnlabel.annotations.counted_rows import left_out, used_rows
from gcnlabel.annotations.row_report import UNREADABLE, RowReport
from gcnlabel.data.lazy_images import ScaledImages
from gcnlabel.data.readable import damaged_files, without
from gcnlabel.errors import InputError
from gcnlabel.faces.aligned_faces import OriginalImages, read_faces
from gcnlabel.faces.alignment import CENTRE
from gcnlabel.faces.annotations import FaceAnnotations
from gcnlabel.faces.cache.folder import CacheFolder
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.faces.geometry import aligned_faces
from gcnlabel.settings import Share
from gcnlabel.sources import DataSource, SampleSet
from gcnlabel.sources.source import Image
from gcnlabel.sources.splits import Splits
from gcnlabel.tasks import TaskSet

IDLE = {"alignment": CENTRE, "classes": 7}


class Faces(DataSource):
    """A data set of faces: its folder as released, or a cache from ``gcnlabel prepare``.

    Attributes:
        path: The folder.
        size: Height and width that faces are resized to.
        channels: 1 for grey, 3 for colour.
        allow_missing: Largest fraction of missing or unreadable images in a split, and of undeclared codes; more is
            an error.
        complete_only: Whether to keep only faces with all labels, as Emotion-GCN did, instead of masking missing ones.
        splits: Splits; AffectNet and Aff-Wild2 have only "train" and "val", and results are reported on "val".
    """

    former: ClassVar[frozenset[str]] = frozenset(IDLE)
    folders: ClassVar[tuple[str, ...]] = (".",)
    """Folders in the released one that ids are relative to."""

    splits: Splits = Splits(val=None, test="val")
    path: str
    size: PositiveInt = 227
    channels: Literal[1, 3] = 3
    allow_missing: Share = 0.01
    complete_only: bool = False

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, values: Any) -> Any:
        """Drop settings without effect that earlier versions wrote for all data sets."""
        idle = {name: value for name, value in IDLE.items() if name not in cls.model_fields}
        return {key: value for key, value in values.items() if key not in idle or value != idle[key]}

    @abstractmethod
    def known_tasks(self) -> TaskSet:
        """Return the tasks of the data set, without reading it."""

    @abstractmethod
    def released(self) -> FaceAnnotations:
        """Return the faces of the data set as it was released.

        Raises:
            InputError: The folder is not the data set, or too many codes are undeclared.
        """

    @property
    def crops(self) -> str:
        """Name of the alignment of face crops."""
        return CENTRE

    @property
    def geometry(self) -> tuple[str, str]:
        """A short and an exact description of the alignment."""
        return aligned_faces(self.crops)

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return the faces, with images that are read on demand, and the report on all rows.

        Raises:
            InputError: The folder is neither the data set nor a cache of it, the cache has other settings, or more
                images are missing or unreadable than the config allows.
        """
        if not CacheFolder(self.path).manifest.exists():
            return self._originals()
        cache = FaceCache(self.path)
        self._check_made_for(cache)
        report = cache.manifest.report() or used_rows(cache.annotations)
        report.check(self.allow_missing)
        same = cache.images.image_shape[1] == self.size
        return SampleSet(cache.annotations, cache.images if same else ScaledImages(cache.images, self.size)), report

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the faces."""
        return self.channels, self.size, self.size

    @property
    def image_folders(self) -> list[Path]:
        """The folders that ids are relative to; for a cache, the folder of the original images."""
        cache = CacheFolder(self.path)
        if not cache.manifest.exists():
            return [Path(self.path, name) for name in self.folders]
        try:
            return [Path(cache.read().root)]
        except InputError:  # prediction does not need the data
            return []

    def read_image(self, path: Path) -> Image:
        """Return a whole image as a face, uint8 [C, H, W]."""
        box, eyes = np.full((1, 4), np.nan), np.full((1, 2, 2), np.nan)  # unknown: the whole image, not rotated
        return read_faces(path, box, eyes, self.size, self.channels, self.crops)[0][0]

    def _originals(self) -> tuple[SampleSet, RowReport]:
        faces = self.released()
        (used_rows(faces.annotations) + faces.rows).check(self.allow_missing, root=faces.root)
        images = OriginalImages(faces, self.size, self.channels, self.crops)
        damaged = damaged_files([images.path(row) for row in range(len(faces))])
        report = left_out(faces.annotations, UNREADABLE, damaged) + faces.rows
        kept = np.flatnonzero(without(damaged, len(faces)))
        annotations = faces.annotations.select(kept)
        report = used_rows(annotations) + report
        report.check(self.allow_missing, root=faces.root)
        return SampleSet(annotations, images.select(kept)), report

    def _check_made_for(self, cache: FaceCache) -> None:
        job, tasks = cache.manifest.job, cache.annotations.tasks
        made: dict[str, object] = {"source": job.source, "channels": job.channels, "alignment": job.alignment}
        wanted: dict[str, object] = {"source": self.source, "channels": self.channels, "alignment": self.crops}
        if "classes" in type(self).model_fields and "expression" in tasks.names:
            made["classes"], wanted["classes"] = len(tasks["expression"]), len(self.known_tasks()["expression"])
        for key, value in wanted.items():
            if made[key] != value:
                raise InputError(
                    f"data.{key} is {value!r}, but the cache was made with {made[key]!r}",
                    where=self.path,
                    fix=f"set data.{key}, or prepare another cache",
                )
        if job.size < self.size:
            raise InputError(
                f"data.size is {self.size}, but the faces of the cache are {job.size} pixels wide",
                where=self.path,
                fix=f"set data.size to {job.size} or less, or prepare another cache with --size {self.size}",
            )
