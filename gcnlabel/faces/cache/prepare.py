"""A data set of faces -> a cache of aligned faces, in parallel, resumable.

The cache is a folder:

* ``shards/00000.npy``, ...: aligned faces uint8 [n, C, size, size], 256 to a shard, and a note (.json) beside each;
* ``annotations.parquet``: a row a face in the order of the shards; columns ``image``, ``split`` and those of the tasks;
* ``manifest.json``: what was made of what, with which parameters and versions, and the number of faces by reason;
* ``rows.csv``: the rows used, left out and masked, by split and reason, with the first of each.

Shards are plain arrays and not JPEG, although they take more room (at 227 x 227 in colour 151 KiB a face, 44 GB for
AffectNet's training set): they are mapped into memory, a batch is copied out of the page cache without any decoding,
all loader processes share the same pages, and faces are not compressed with loss a second time.

A shard is whole when its note is there. A job that was killed goes on with the shards that are not, and with those
that lack a face which can be read by now; what it makes is the same, byte for byte, as if it had not been killed, for
nothing in the cache depends on time or on the order of work.
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
        faces: What is annotated, and where each face stands.
        output: Folder of the cache, which may be one that the same job left unfinished.
        source: Name of the data set.
        size: Width and height of the aligned faces; 227 in the paper with DenseNet, 112 with BReG-NeXt.
        channels: 1 for grey, 3 for colour.
        alignment: What a box turns about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
        allow_missing: Share of a split's rows whose images may be missing or unreadable.
        workers: Number of processes, None for one a processor; 1 works in this process.
        strict: Whether an image that cannot be read stops the work instead of being listed.
        overwrite: Whether the cache of another job may be replaced.
        progress: Called with the number of faces done and of all, whenever a shard is whole.

    Raises:
        InputError: Too many images (if strict: one) cannot be used, or the output holds something else or has no room.
    """
    _check(faces, allow_missing)
    folder = CacheFolder(output)
    how = {"source": source, "size": size, "channels": channels, "alignment": alignment, "upright": True}
    folder.claim({**how, **_extent(faces)}, overwrite=overwrite)
    jobs = _jobs(faces, folder, (size, channels, alignment, strict))
    notes = _finished(jobs)
    folder.check_room(channels * size**2 * sum(len(job.paths) for job in jobs if job.path not in notes))
    if len(notes) < len(jobs):
        folder.write({"finished": False, "job": folder.read().job.model_dump()})
    return _finish(faces, folder, _written(jobs, notes, workers, progress), allow_missing)


def _check(faces: FaceAnnotations, allow_missing: float) -> None:
    if len(faces) == 0:
        raise InputError("no face to prepare", where=faces.root)
    (used_rows(faces.annotations) + faces.rows).check(allow_missing, root=faces.root, option="--allow-missing")


def _extent(faces: FaceAnnotations) -> dict[str, Any]:
    return {"shard_faces": SHARD_FACES, "faces": len(faces), "fingerprint": fingerprint(faces)}


def _written(
    jobs: Sequence[ShardJob],
    notes: Mapping[Path, ShardNote],
    workers: int | None,
    progress: Callable[[int, int], None],
) -> list[ShardNote]:
    """Write the shards of which there is no note yet, and return the notes of all."""
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
    """Return the notes of the shards that are whole, and would not be others today."""
    whole = [job for job in jobs if job.path.exists() and job.path.with_suffix(".json").exists()]
    notes = ((job, ShardNote.load(job.path.with_suffix(".json"), len(job.paths))) for job in whole)
    return {job.path: note for job, note in notes if still_unreadable(job, note)}


def _finish(faces: FaceAnnotations, folder: CacheFolder, notes: Sequence[ShardNote], allow: float) -> dict[str, Any]:
    """Write the table of the faces that could be read, and the manifest, which says that the cache is whole."""
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
