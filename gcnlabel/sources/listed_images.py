"""Load the images of annotations, some of which may be missing or damaged: from their files, or from a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.counted_rows import left_out, used_rows
from gcnlabel.annotations.found_images import OTHER_CASE, FoundImages, find_images
from gcnlabel.annotations.row_report import MISSING, UNREADABLE, RowReport
from gcnlabel.annotations.usable_rows import UsableRows
from gcnlabel.data.geometry import Geometry
from gcnlabel.data.image_cache import ImageCache
from gcnlabel.data.images import MAX_IN_MEMORY, ImageFiles, inside
from gcnlabel.data.readable import load_readable, without
from gcnlabel.errors import InputError, note
from gcnlabel.sources.sample_set import SampleSet

TOO_LARGE = (
    "images: {:.2g} GiB decoded, and data.in_memory is {:.2g}: they are decoded in every epoch, by training.workers "
    "processes (gcnlabel prepare-images decodes them once)"
)


def load_listed_images(
    root: Path,
    names: Sequence[str],
    annotations: Annotations,
    *,
    size: Geometry,
    channels: int,
    allowed: float,
    budget: int = MAX_IN_MEMORY,
) -> tuple[SampleSet, RowReport]:
    """Return the rows whose image can be read, with the images, and a report on all rows.

    Args:
        root: Folder of the images.
        names: Path of each row's image, relative to ``root``.
        annotations: All rows, with ids.
        size: Scaling and cropping of the images.
        channels: 1 for grey, 3 for colour.
        allowed: Largest fraction of a split's images that may be missing or unreadable.
        budget: Maximum size in bytes of decoded images in memory.

    Raises:
        InputError: There is no such folder, a path is outside of it, or more images than allowed are missing or
            unreadable.
    """
    found, names = found_below(root, names)
    rows = _all_rows(annotations, names)
    rows.leave_out(MISSING, ~found.present)
    rows.note(OTHER_CASE, found.other_case)
    there = annotations.select(rows.kept)
    (used_rows(there) + rows.report).check(allowed, root=root)
    files = ImageFiles(root, found.files[rows.kept].tolist(), size=size, channels=channels)
    if files.decoded_size > budget:
        note(TOO_LARGE.format(files.decoded_size / 2**30, budget / 2**30))
    images, damaged = load_readable(files, budget)
    return _readable(there, images, damaged, rows.report, allowed, root)


def load_cached_images(
    cache: ImageCache,
    names: Sequence[str],
    annotations: Annotations,
    *,
    size: Geometry,
    channels: int,
    allowed: float,
) -> tuple[SampleSet, RowReport]:
    """Return the same as :func:`load_listed_images` from a cache of images; their folder need not exist.

    Raises:
        InputError: The cache has other settings, or more images than allowed are not in it.
    """
    cache.check_made_for(size, channels)
    places = {name: row for row, name in enumerate(cache.names)}
    found = np.array([places.get(name, -1) for name in names], dtype=np.int64)
    rows = _all_rows(annotations, names)
    rows.leave_out(MISSING, found < 0)
    there, kept = annotations.select(rows.kept), found[rows.kept]
    damaged = {
        row: cache.unreadable[cache.names[place]]
        for row, place in enumerate(kept.tolist())
        if cache.names[place] in cache.unreadable
    }
    images = cache.images.select(kept[without(damaged, len(kept))])
    return _readable(there, images, damaged, rows.report, allowed, cache.path)


def found_below(root: Path, names: Sequence[str]) -> tuple[FoundImages, list[str]]:
    """Return which images exist below a folder, and their names with forward slashes.

    Raises:
        InputError: There is no such folder, or a path is outside of it.
    """
    if not root.is_dir():
        raise InputError(f"folder of images not found: {root}")
    for name in names:
        inside(root, name)
    names = [_with_slashes(root, name) for name in names]
    return find_images(root, names), names


def _all_rows(annotations: Annotations, names: Sequence[str]) -> UsableRows:
    split = np.full(len(annotations), "all") if annotations.split is None else annotations.split
    return UsableRows(split, names, complete_only=False)


def _readable(
    there: Annotations, images: Any, damaged: Mapping[int, str], report: RowReport, allowed: float, root: Path
) -> tuple[SampleSet, RowReport]:
    """Return the rows that are not damaged, with their images, and a report on all rows."""
    readable = there.select(np.flatnonzero(without(dict(damaged), len(there))))
    report = report + left_out(there, UNREADABLE, damaged)
    (used_rows(readable) + report).check(allowed, root=root)
    part = SampleSet(readable, images)
    return part, part.report(report)


def _with_slashes(root: Path, name: str) -> str:
    """Return a path with forward slashes instead of Windows' backslashes, unless a file has its name."""
    return name if "\\" not in name or (root / name).exists() else name.replace("\\", "/")
