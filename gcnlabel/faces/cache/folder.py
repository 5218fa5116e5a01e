"""The folder of a cache of aligned faces: its files, and the job that owns it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.errors import InputError, shorten
from gcnlabel.faces.annotations import FaceAnnotations
from gcnlabel.faces.cache.manifest import FORMAT, Manifest, checked_manifest
from gcnlabel.files import atomic_write, existing_file, remove_stale


class CacheFolder:
    """A folder for a cache.

    Attributes:
        manifest: ``manifest.json``.
        table: ``annotations.parquet``.
        rows: ``rows.csv``, the report on used and dropped rows.
        shards: ``shards``, the folder of the arrays.

    Args:
        path: The folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.manifest = self.path / "manifest.json"
        self.table = self.path / "annotations.parquet"
        self.rows = self.path / "rows.csv"
        self.shards = self.path / "shards"

    def shard(self, number: int) -> Path:
        """Return the path of a shard's array."""
        return self.shards / f"{number:05d}.npy"

    def read(self) -> Manifest:
        """Return the manifest.

        Raises:
            InputError: There is none, or it is damaged or not a manifest.
        """
        if not self.manifest.exists():
            raise InputError(f"no cache of faces at {self.path}", expected="a folder written by gcnlabel prepare")
        try:
            content = json.loads(existing_file(self.manifest, "manifest").read_text(encoding="utf-8"))
        except (ValueError, RecursionError, OSError) as error:
            raise InputError(f"{self.manifest} is damaged: {error}", fix="prepare again in another folder") from error
        return checked_manifest(content, self.manifest)

    def write(self, content: Mapping[str, Any]) -> None:
        """Write the manifest, replacing an earlier one."""
        with atomic_write(self.manifest, overwrite=True) as temporary:
            temporary.write_text(json.dumps({"format": FORMAT, **content}, indent=2) + "\n", encoding="utf-8")

    def claim(self, job: Mapping[str, Any], *, overwrite: bool) -> None:
        """Prepare the folder for a job: create it, continue the same job's cache, or replace another job's.

        Raises:
            InputError: It has another job's cache and ``overwrite`` is false, or it has other files.
        """
        for folder in (self.path, self.shards):
            remove_stale(folder)  # of a job that was killed while writing
        if not self.manifest.exists():
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise InputError(f"{self.path} already exists and is not a cache of faces", fix="give another OUTPUT")
        elif not overwrite:
            theirs = self.read().job
            differ = [key for key in job if getattr(theirs, key) != job[key]]
            if differ:
                raise InputError(
                    f"{self.path} has the cache of another job: other {shorten(differ)}",
                    fix="give another OUTPUT, or pass --overwrite",
                )
            return
        else:
            self.read()  # raises if it is not a cache
            for old in (self.table, self.rows):
                old.unlink(missing_ok=True)
            shutil.rmtree(self.shards, ignore_errors=True)
        self.write({"finished": False, "job": dict(job)})

    def check_room(self, size: int) -> None:
        """Check that ``size`` bytes are free on the disk.

        Raises:
            InputError: They are not.
        """
        free = shutil.disk_usage(self.path).free
        if size > free:
            raise InputError(
                f"the cache needs {size / 1e9:.1f} GB more, but only {free / 1e9:.1f} GB are free",
                where=self.path,
                fix="give another OUTPUT, or a smaller --size",
            )


def fingerprint(faces: FaceAnnotations) -> str:
    """Return a digest of the inputs of a cache except the images: tasks, ids, splits, boxes, eyes and targets."""
    annotations = faces.annotations
    tasks = {task.name: task.to_dict() for task in annotations.tasks}
    digest = hashlib.sha256(json.dumps(tasks).encode())
    for names in (annotations.ids, annotations.split):
        digest.update("\0".join([] if names is None else names.tolist()).encode())
    for values in (faces.boxes, faces.eyes, *(annotations.indicators(task) for task in annotations.tasks.names)):
        digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()
