"""One shard of the cache of aligned faces: an array of images, and a note that marks it as complete."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.data.images import inside
from gcnlabel.errors import InputError
from gcnlabel.faces.aligned_faces import read_faces
from gcnlabel.files import atomic_write

Floats = npt.NDArray[np.float64]
Read = tuple[npt.NDArray[np.uint8], tuple[str, ...]]


@dataclass(frozen=True)
class ShardJob:
    """The work for one shard: some consecutive faces of a data set.

    Attributes:
        path: The array to write; the note has the suffix .json instead.
        root: Folder of the images.
        paths: Image of each face, relative to root.
        boxes: Face boxes [n, 4].
        eyes: Eye centres [n, 2, 2].
        size: Height and width of the aligned faces.
        channels: 1 for grey, 3 for colour.
        alignment: Point that boxes are rotated about, one of :data:`~gcnlabel.faces.alignment.ALIGNMENTS`.
        strict: Whether an unreadable face is an error.
    """

    path: Path
    root: Path
    paths: list[str]
    boxes: Floats
    eyes: Floats
    size: int
    channels: int
    alignment: str
    strict: bool


@dataclass(frozen=True)
class ShardNote:
    """Result of writing a shard.

    Attributes:
        unreadable: Index of each face that is not in the array -> reason.
        remarks: Irregularity -> number of faces in the array.
    """

    unreadable: dict[int, str]
    remarks: dict[str, int]

    def save(self, path: Path) -> None:
        """Write the note, which marks the shard as complete."""
        with atomic_write(path, overwrite=True) as temporary:
            temporary.write_text(json.dumps({"unreadable": self.unreadable, "remarks": self.remarks}), encoding="utf-8")

    @classmethod
    def load(cls, path: Path, faces: int) -> ShardNote:
        """Read the note of a shard with ``faces`` faces.

        Raises:
            InputError: It is damaged.
        """
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            unreadable = {int(position): str(reason) for position, reason in content["unreadable"].items()}
            if any(not 0 <= position < faces for position in unreadable):
                raise ValueError(f"face {max(unreadable)} of {faces}")
            return cls(unreadable, {str(key): int(count) for key, count in content["remarks"].items()})
        except (OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
            raise InputError(f"{path} is damaged: {error}", fix="prepare again with --overwrite") from error


def write_shard(job: ShardJob) -> ShardNote:
    """Align the faces of a shard and write its array, then its note.

    Raises:
        InputError: An image path is outside of the folder, a face is unreadable and the job is strict, or the disk is
            full.
    """
    rows: list[Read | str] = []
    position = 0
    for name, group in itertools.groupby(job.paths):
        count = len(list(group))
        rows += _read(job, inside(job.root, name), slice(position, position + count))
        position += count
    read = [row for row in rows if not isinstance(row, str)]
    images = [image for image, _ in read] or [np.empty((0, job.channels, job.size, job.size), dtype=np.uint8)]
    with atomic_write(job.path, overwrite=True) as temporary:
        np.save(temporary, np.stack(images) if read else images[0])
    remarks = Counter(itertools.chain.from_iterable(remarks for _, remarks in read))
    note = ShardNote({i: row for i, row in enumerate(rows) if isinstance(row, str)}, dict(sorted(remarks.items())))
    note.save(job.path.with_suffix(".json"))
    return note


def still_unreadable(job: ShardJob, note: ShardNote) -> bool:
    """Return whether all faces that a note lists as unreadable still are; for a strict job, whether it lists none."""
    if job.strict:
        return not note.unreadable
    again = (_read(job, inside(job.root, job.paths[row]), slice(row, row + 1)) for row in note.unreadable)
    return all(isinstance(read, str) for (read,) in again)


def _read(job: ShardJob, path: Path, rows: slice) -> list[Read | str]:
    """Return each face of one image, or the reason why it cannot be read; an invalid box affects only its own face."""
    try:
        places = job.boxes[rows], job.eyes[rows]
        images, placements = read_faces(path, *places, job.size, job.channels, job.alignment)
    except InputError as error:
        if rows.stop - rows.start > 1:
            single = [_read(job, path, slice(row, row + 1)) for row in range(rows.start, rows.stop)]
            return list(itertools.chain.from_iterable(single))
        if job.strict:
            raise InputError(str(error), where=path, fix="omit --strict to skip and list it") from error
        return [str(error).splitlines()[0]]
    return [(image, placement.remarks) for image, placement in zip(images, placements, strict=True)]
