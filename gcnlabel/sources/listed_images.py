"""Load the images listed in annotations, of which some may be missing or damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.counted_rows import left_out, used_rows
from gcnlabel.annotations.found_images import OTHER_CASE, find_images
from gcnlabel.annotations.row_report import MISSING, UNREADABLE, RowReport
from gcnlabel.annotations.usable_rows import UsableRows
from gcnlabel.data.images import ImageFiles, inside
from gcnlabel.data.readable import load_readable, without
from gcnlabel.errors import InputError
from gcnlabel.sources.part import Part


def load_listed_images(
    root: Path, names: Sequence[str], annotations: Annotations, *, size: int, channels: int, allowed: float
) -> tuple[Part, RowReport]:
    """Return the rows with readable images, with these images, and a report on all rows.

    Args:
        root: Folder of the images.
        names: Path of each row's image, relative to ``root``.
        annotations: All rows, with ids.
        size: Height and width that images are resized to.
        channels: 1 for grey, 3 for colour.
        allowed: Fraction of a split's images that may be missing or unreadable.

    Raises:
        InputError: There is no such folder, a path is outside of it, or more images than allowed are missing or
            unreadable.
    """
    if not root.is_dir():
        raise InputError(f"folder of images not found: {root}")
    for name in names:
        inside(root, name)
    names = [_with_slashes(root, name) for name in names]
    found = find_images(root, names)
    split = np.full(len(annotations), "all") if annotations.split is None else annotations.split
    rows = UsableRows(split, names, complete_only=False)
    rows.leave_out(MISSING, ~found.present)
    rows.note(OTHER_CASE, found.other_case)
    there = annotations.select(rows.kept)
    (used_rows(there) + rows.report).check(allowed, root=root)
    files = ImageFiles(root, found.files[rows.kept].tolist(), size=size, channels=channels)
    images, damaged = load_readable(files)
    readable = there.select(np.flatnonzero(without(damaged, len(there))))
    report = rows.report + left_out(there, UNREADABLE, damaged)
    (used_rows(readable) + report).check(allowed, root=root)
    part = Part(readable, images)
    return part, part.report(report)


def _with_slashes(root: Path, name: str) -> str:
    """Return a path with slashes instead of Windows' backslashes, unless a file has that name."""
    return name if "\\" not in name or (root / name).exists() else name.replace("\\", "/")
