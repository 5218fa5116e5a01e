"""Data sets of faces: from the cache that was prepared, or from the original pictures."""

from __future__ import annotations

from pathlib import Path

from gcnlabel.annotations import (
    Annotations,
    FaceAnnotations,
    face_tasks,
    read_aff_wild2,
    read_affectnet,
    read_emotic,
)
from gcnlabel.annotations.aff_wild2 import CLASSES as AFF_WILD2_CLASSES
from gcnlabel.annotations.affectnet import CLASSES as AFFECTNET_CLASSES
from gcnlabel.annotations.emotic_categories import EMOTIC_TASKS
from gcnlabel.config.sources import Faces
from gcnlabel.data.aligned_faces import OriginalImages
from gcnlabel.data.face_cache import FaceCache
from gcnlabel.data.lazy_images import LazyImages, ScaledImages
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet


def load_faces(data: Faces) -> tuple[Annotations, LazyImages]:
    """Return the faces of a data set; images are read when they are asked for.

    Raises:
        InputError: The folder is neither the data set nor a cache of it, or the cache was made otherwise.
    """
    if not (Path(data.path) / "manifest.json").exists():
        faces = read_faces_of(data.source, data.path, classes=data.classes, complete_only=data.complete_only)
        return faces.annotations, OriginalImages(faces, data.size, data.channels)
    cache = FaceCache(data.path)
    _check_made_for(data, cache)
    same = cache.images.image_shape[1] == data.size
    return cache.annotations, cache.images if same else ScaledImages(cache.images, data.size)


def tasks_of_faces(data: Faces) -> TaskSet:
    """Return the tasks of a data set of faces, without reading it."""
    if data.source == "emotic":
        return EMOTIC_TASKS
    return face_tasks((AFFECTNET_CLASSES if data.source == "affectnet" else AFF_WILD2_CLASSES)[data.classes])


def _check_made_for(data: Faces, cache: FaceCache) -> None:
    job, tasks = cache.manifest["job"], cache.annotations.tasks
    made: dict[str, object] = {"source": job["source"], "channels": job["channels"]}
    wanted: dict[str, object] = {"source": data.source, "channels": data.channels}
    if "expression" in tasks.names:
        made["classes"], wanted["classes"] = len(tasks["expression"]), data.classes
    for key, value in wanted.items():
        if made[key] != value:
            raise InputError(
                f"data.{key} is {value!r}, and the cache was made with {made[key]!r}",
                where=data.path,
                fix=f"set data.{key}, or prepare another cache",
            )
    if job["size"] < data.size:
        raise InputError(
            f"data.size is {data.size}, and the faces of the cache are {job['size']} pixels wide",
            where=data.path,
            fix=f"set data.size to {job['size']} or less, or prepare another cache with --size {data.size}",
        )


def read_faces_of(source: str, path: str | Path, *, classes: int, complete_only: bool) -> FaceAnnotations:
    """Return the faces of a data set as it was released.

    Args:
        source: ``affectnet``, ``aff-wild2`` or ``emotic``.
        path: Its folder.
        classes: 7 or 8 expressions; EMOTIC has none.
        complete_only: Leave out the faces without all labels.
    """
    if source == "emotic":
        return read_emotic(path, complete_only=complete_only)
    read = read_affectnet if source == "affectnet" else read_aff_wild2
    return read(path, classes=classes, complete_only=complete_only)
