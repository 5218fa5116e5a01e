"""Data sets of faces: from the cache that was prepared, or from the original pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.counted_rows import left_out, used_rows
from gcnlabel.annotations.row_report import ALLOWED, UNREADABLE, RowReport
from gcnlabel.config.sources import Faces
from gcnlabel.data.lazy_images import LazyImages, ScaledImages
from gcnlabel.data.readable import damaged_files, without
from gcnlabel.errors import InputError
from gcnlabel.faces import FaceAnnotations, face_tasks, read_aff_wild2, read_affectnet, read_emotic
from gcnlabel.faces.aff_wild2.reader import CLASSES as AFF_WILD2_CLASSES
from gcnlabel.faces.affectnet.reader import CLASSES as AFFECTNET_CLASSES
from gcnlabel.faces.aligned_faces import OriginalImages
from gcnlabel.faces.cache.reader import FaceCache
from gcnlabel.faces.emotic.categories import EMOTIC_TASKS
from gcnlabel.tasks import TaskSet


def load_faces(data: Faces) -> tuple[Annotations, LazyImages, RowReport]:
    """Return the faces of a data set, images that are read when they are asked for, and what became of every row.

    Raises:
        InputError: The folder is neither the data set nor a cache of it, the cache was made otherwise, or more images
            are missing or cannot be read than the config allows.
    """
    if not (Path(data.path) / "manifest.json").exists():
        return _originals(data)
    cache = FaceCache(data.path)
    _check_made_for(data, cache)
    report = cache.manifest.report() or used_rows(cache.annotations)
    report.check(data.allow_missing)
    same = cache.images.image_shape[1] == data.size
    return cache.annotations, cache.images if same else ScaledImages(cache.images, data.size), report


def _originals(data: Faces) -> tuple[Annotations, LazyImages, RowReport]:
    allowed = data.allow_missing
    options: dict[str, Any] = {"classes": data.classes, "complete_only": data.complete_only}
    faces = read_faces_of(data.source, data.path, **options, allow_undeclared=allowed)
    (used_rows(faces.annotations) + faces.rows).check(allowed, root=faces.root)
    images = OriginalImages(faces, data.size, data.channels, data.alignment)
    damaged = damaged_files([images.path(row) for row in range(len(faces))])
    report = left_out(faces.annotations, UNREADABLE, damaged) + faces.rows
    kept = np.flatnonzero(without(damaged, len(faces)))
    annotations = faces.annotations.select(kept)
    report = used_rows(annotations) + report
    report.check(allowed, root=faces.root)
    return annotations, images.select(kept), report


def tasks_of_faces(data: Faces) -> TaskSet:
    """Return the tasks of a data set of faces, without reading it."""
    if data.source == "emotic":
        return EMOTIC_TASKS
    return face_tasks((AFFECTNET_CLASSES if data.source == "affectnet" else AFF_WILD2_CLASSES)[data.classes])


def _check_made_for(data: Faces, cache: FaceCache) -> None:
    job, tasks = cache.manifest.job, cache.annotations.tasks
    made: dict[str, object] = {"source": job.source, "channels": job.channels, "alignment": job.alignment}
    wanted: dict[str, object] = {"source": data.source, "channels": data.channels, "alignment": data.alignment}
    if "expression" in tasks.names:
        made["classes"], wanted["classes"] = len(tasks["expression"]), data.classes
    for key, value in wanted.items():
        if made[key] != value:
            raise InputError(
                f"data.{key} is {value!r}, and the cache was made with {made[key]!r}",
                where=data.path,
                fix=f"set data.{key}, or prepare another cache",
            )
    if job.size < data.size:
        raise InputError(
            f"data.size is {data.size}, and the faces of the cache are {job.size} pixels wide",
            where=data.path,
            fix=f"set data.size to {job.size} or less, or prepare another cache with --size {data.size}",
        )


def read_faces_of(
    source: str, path: str | Path, *, classes: int, complete_only: bool, allow_undeclared: float = ALLOWED
) -> FaceAnnotations:
    """Return the faces of a data set as it was released.

    Args:
        source: ``affectnet``, ``aff-wild2`` or ``emotic``.
        path: Its folder.
        classes: 7 or 8 expressions; EMOTIC has none.
        complete_only: Leave out the faces without all labels.
        allow_undeclared: Share of the rows whose code may be none that is declared; EMOTIC has none.
    """
    if source == "emotic":
        return read_emotic(path, complete_only=complete_only)
    read = read_affectnet if source == "affectnet" else read_aff_wild2
    return read(path, classes=classes, complete_only=complete_only, allow_undeclared=allow_undeclared)
