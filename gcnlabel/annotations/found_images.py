"""Which images of a list exist. Each folder is listed once; no image is asked for by itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[Any]

OTHER_CASE = "file name ends in other case, as .JPG for .jpg"


@dataclass(frozen=True)
class FoundImages:
    """Images of a list, and the files that they are.

    Attributes:
        files: Path of each below the folder, [N]: the list's own, but for those of ``other_case``.
        present: Which exist, bool [N].
        other_case: Which exist with an ending in other case alone, bool [N].
    """

    files: Array
    present: Array
    other_case: Array


def find_images(root: Path, ids: Iterable[str]) -> FoundImages:
    """Return which images exist below a folder.

    Where the list says ``a.JPG`` and the folder holds ``a.jpg`` alone, that is it: one file, which no other row names.

    Args:
        root: Folder of the images.
        ids: Paths below it, with forward slashes.
    """
    wanted = pl.Series("id", list(ids), dtype=pl.String)
    parents = wanted.str.replace(r"/?[^/]*$", "").unique().drop_nulls()
    there = {f"{parent}/{name}" if parent else name for parent in parents for name in _listed(root / parent)}
    files = np.array(wanted.to_list(), dtype=object)
    present: Array = np.array([name in there for name in wanted.to_list()], dtype=bool)
    other_case = np.zeros(len(files), dtype=bool)
    if not present.all():
        unclaimed = _by_lower_ending(there - set(wanted.to_list()))
        for row in np.flatnonzero(~present).tolist():
            candidates = unclaimed.get(_lower_ending(files[row]), [])
            if len(candidates) == 1:
                files[row], present[row], other_case[row] = candidates[0], True, True
    return FoundImages(files, present, other_case)


def elsewhere(root: Path, name: str) -> str | None:
    """Return where an image that is missing stands instead, None where it does not.

    That is without the first folders of its path, which the folder of images holds already, or one folder further down.
    """
    parts = name.split("/")
    for k in range(1, len(parts)):
        if os.path.isfile(root / "/".join(parts[k:])):
            return f"it is there without {'/'.join(parts[:k])}/: paths start from the folder of images, {root}"
    for child in sorted(_listed(root)):
        if os.path.isfile(root / child / name):
            return f"it stands in {child}/: paths start from the folder of images, which would be {root / child}"
    return None


def _by_lower_ending(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(_lower_ending(name), []).append(name)
    return found


def _lower_ending(name: str) -> str:
    stem, ending = os.path.splitext(name)
    return stem + ending.lower()


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError):  # no folder, or no name of one
        return []
