"""Find which images of a list exist, by listing each folder once."""

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

OTHER_CASE = "file extension in another case, as .JPG for .jpg"


@dataclass(frozen=True)
class FoundImages:
    """Images of a list, and the files found for them.

    Attributes:
        files: Path of each file below the folder, str [N]: as listed, or as found where ``other_case``.
        present: Whether each exists, bool [N].
        other_case: Whether each exists only with an extension in another case, bool [N].
    """

    files: Array
    present: Array
    other_case: Array


def find_images(root: Path, ids: Iterable[str]) -> FoundImages:
    """Return which images exist below a folder.

    An image ``a.JPG`` of the list also matches a file ``a.jpg``, if no other file and no other row matches.

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
    """Return a hint on where a missing image was found, or None.

    It is looked for without the first folders of its path, and in each subfolder of ``root``.
    """
    parts = name.split("/")
    for k in range(1, len(parts)):
        if os.path.isfile(root / "/".join(parts[k:])):
            return f"it exists without {'/'.join(parts[:k])}/: paths are relative to the folder of images, {root}"
    for child in sorted(_listed(root)):
        if os.path.isfile(root / child / name):
            return f"it is in {child}/: paths are relative to the folder of images, which would be {root / child}"
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
