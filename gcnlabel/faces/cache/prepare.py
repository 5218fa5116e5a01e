"""Write a cache of aligned faces, in parallel and resumable.

The cache is a folder:

* ``shards/00000.npy``, ...: aligned faces uint8 [n, C, size, size], 256 per shard, each with a note (.json);
* ``annotations.parquet``: one row per face in the order of the shards; columns ``image``, ``split`` and the tasks';
* ``manifest.json``: inputs, settings, versions, and the number of faces by reason;
* ``rows.csv``: the rows used, left out and masked, by split and reason, with the first of each.

Shards are arrays and not JPEG, although they are larger (151 KiB per colour face of 227 x 227, 44 GB for AffectNet's
training set): they are memory-mapped, so that a batch needs no decoding, loader processes share the page cache, and
faces are not compressed lossily again.

A shard is complete when its note exists. An interrupted job continues with the incomplete shards, and with those that
lack a face that has become readable. The result is byte-identical to that of an uninterrupted job, because nothing in
the cache depends on time or on the order of work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel import __version__
from gcnlabel.annotations.counted_rows import left_out, used_rows
from gcnlabel.annotations.row_report import ALLOWED, UNREADABLE
from gcnlabel.data.readable import without
from gcnlabel.errors import InputError
from gcnlabel.faces.alignment import CENTRE
from gcnlabel.faces.annotations import FaceAnnotations
from gcnlabel.faces.cache.folder import CacheFolder, fingerprint
from gcnlabel.faces.cache.shards import ShardJob, ShardNote, still_unreadable, write_shard
from gcnlabel.faces.cache.table import write_face_table
from gcnlabel.processes import unordered

SHARD_FACES = 256


def prepare(
    faces: FaceAnnotations,
    output: str | Path,
    *,
    source: str,
    size: int = 227,
    channels: int = 3,
    alignment: str = CENTRE,
    allow_missing: float = ALLOWED,
    workers: int | None = None,
    strict: bool = False,
    overwrite: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Align the faces of a data set once, write the cache, and return its manifest.

    Args:
        faces: The faces with their annotations.
        output: Folder of the cache; an unfinished cache of the same job is continued.
        source: Name of the data set.
        size: Height and width of the aligned faces; 227 in the paper with DenseNet, 112 with BReG-NeXt.
        channels: 1 for grey, 3 for colour.
        alignment: Point that boxes are rotated about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
        allow_missing: Largest fraction of a split's rows with missing or unreadable images.
        workers: Number of processes; None for one per processor, 1 for this process.
        strict: Whether an unreadable image raises an error instead of being listed.
        overwrite: Whether to replace the cache of another job.
        progress: Called after each shard with the number of finished faces and of all.

    Raises:
        InputError: Too many images (if strict: one) are unusable, or the output has other files or too little space.
    """
    _check(faces, allow_missing)
    folder = CacheFolder(output)
    how = {"source": source, "size": size, "channels": channels, "alignment": alignment, "upright": True}
    folder.claim({**how, **_extent(faces)}, overwrite=overwrite)
    jobs = _jobs(faces, folder, (size, channels, alignment, strict))
    notes = _finished(jobs)
    _begin(folder, [job for job in jobs if job.path not in notes])
    return _finish(faces, folder, _written(jobs, notes, workers, progress), allow_missing)


def _check(faces: FaceAnnotations, allow_missing: float) -> None:
    if len(faces) == 0:
        raise InputError("no faces to prepare", where=faces.root)
    (used_rows(faces.annotations) + faces.rows).check(allow_missing, root=faces.root, option="--allow-missing")


def _extent(faces: FaceAnnotations) -> dict[str, Any]:
    return {"shard_faces": SHARD_FACES, "faces": len(faces), "fingerprint": fingerprint(faces)}


def _begin(folder: CacheFolder, todo: Sequence[ShardJob]) -> None:
    """Check the disk space for the remaining shards, and mark the cache as unfinished."""
    folder.check_room(sum(job.channels * job.size**2 * len(job.paths) for job in todo))
    if todo:
        folder.write({"finished": False, "job": folder.read().job.model_dump()})


def _written(
    jobs: Sequence[ShardJob],
    notes: Mapping[Path, ShardNote],
    workers: int | None,
    progress: Callable[[int, int], None],
) -> list[ShardNote]:
    """Write the remaining shards, and return the notes of all."""
    notes = dict(notes)
    total = sum(len(job.paths) for job in jobs)
    todo = [job for job in jobs if job.path not in notes]
    done = total - sum(len(job.paths) for job in todo)
    progress(done, total)
    for job, note in unordered(write_shard, todo, workers):
        notes[job.path] = note
        done += len(job.paths)
        progress(done, total)
    return [notes[job.path] for job in jobs]


def _jobs(faces: FaceAnnotations, folder: CacheFolder, how: tuple[int, int, str, bool]) -> list[ShardJob]:
    paths = faces.paths()
    rows = [slice(start, start + SHARD_FACES) for start in range(0, len(faces), SHARD_FACES)]
    return [
        ShardJob(folder.shard(i), faces.root, paths[r], faces.boxes[r], faces.eyes[r], *how) for i, r in enumerate(rows)
    ]


def _finished(jobs: Sequence[ShardJob]) -> dict[Path, ShardNote]:
    """Return the notes of the complete shards whose unreadable images are still unreadable."""
    whole = [job for job in jobs if job.path.exists() and job.path.with_suffix(".json").exists()]
    notes = ((job, ShardNote.load(job.path.with_suffix(".json"), len(job.paths))) for job in whole)
    return {job.path: note for job, note in notes if still_unreadable(job, note)}


def _finish(faces: FaceAnnotations, folder: CacheFolder, notes: Sequence[ShardNote], allow: float) -> dict[str, Any]:
    """Write the table of the readable faces and the manifest of the finished cache, and return the manifest."""
    reasons = {SHARD_FACES * i + row: reason for i, note in enumerate(notes) for row, reason in note.unreadable.items()}
    kept = without(reasons, len(faces))
    if not kept.any():
        raise InputError(f"none of {len(faces)} images can be read; the first: {reasons[0]}", where=faces.root)
    rows = left_out(faces.annotations, UNREADABLE, reasons) + used_rows(faces.annotations.select(kept)) + faces.rows
    rows.check(allow, root=faces.root, option="--allow-missing")
    write_face_table(faces.annotations.select(kept), folder.table)
    rows.save(folder.rows)
    counts = [min(SHARD_FACES, len(faces) - SHARD_FACES * i) - len(note.unreadable) for i, note in enumerate(notes)]
    ids = np.asarray(faces.annotations.ids)
    remarks = sum((Counter(note.remarks) for note in notes), Counter())
    manifest = {
        "finished": True,
        "job": folder.read().job.model_dump(),
        "root": str(faces.root),
        "tasks": {task.name: task.to_dict() for task in faces.annotations.tasks},
        "shards": counts,
        "counts": {
            "annotated": len(faces),
            "aligned": int(kept.sum()),
            "unreadable": len(reasons),
            "by the reader": dict(faces.unusable),
            "by the alignment": dict(sorted(remarks.items())),
        },
        "rows": rows.plain(),
        "unreadable": [[str(ids[row]), reason] for row, reason in sorted(reasons.items())],
        "versions": {"gcnlabel": __version__, **{name: version(name) for name in ("numpy", "pillow")}},
    }
    folder.write(manifest)
    return manifest
