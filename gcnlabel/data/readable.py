"""Find unreadable image files before training begins."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.data.images import MAX_IN_MEMORY, ImageFiles, opened
from gcnlabel.errors import InputError
from gcnlabel.progress import reported

MAX_DECODED = 10_000
"""Largest number of files that are all decoded; of more files, only header and end are checked."""
THREADS = 8
ENDS = {b"\xff\xd8": b"\xff\xd9", b"\x89P": b"IEND\xaeB`\x82"}
"""First bytes of JPEG and PNG files -> their last bytes."""


def load_readable(
    images: ImageFiles, budget: int = MAX_IN_MEMORY
) -> tuple[npt.NDArray[np.uint8] | ImageFiles, dict[int, str]]:
    """Return the images that can be read, in memory if they fit, and row -> error message of each of the others.

    Args:
        images: Images that exist.
        budget: Maximum size in bytes of decoded images in memory.
    """
    if images.decoded_size > budget:
        damaged = damaged_files(images.paths)
        return images.select([row for row in range(len(images)) if row not in damaged]), damaged
    read = np.empty(images.shape, dtype=np.uint8)
    damaged = {}
    for row in reported(range(len(images)), len(images)):
        try:
            read[row - len(damaged)] = images[row]
        except InputError as error:
            damaged[row] = str(error).partition("\n")[0]
    return read[: len(images) - len(damaged)], damaged


def damaged_files(paths: Sequence[Path]) -> dict[int, str]:
    """Return index -> error message of the files that are not complete images.

    Up to :data:`MAX_DECODED` files are decoded. Of more, header and end are checked, and only those that seem truncated
    are decoded; other damage then raises an error during training. ``gcnlabel prepare`` decodes every file.
    """
    different = list(dict.fromkeys(paths))
    thorough = len(different) <= MAX_DECODED
    with ThreadPoolExecutor(THREADS) as pool:
        damage = pool.map(lambda path: _damage(path, thorough), different)
        found = dict(zip(different, reported(damage, len(different)), strict=True))
    return {row: what for row, path in enumerate(paths) if (what := found[path]) is not None}


def _damage(path: Path, thorough: bool) -> str | None:
    try:
        with opened(path) as image:
            if thorough or not _has_end(path):
                image.draft(None, (image.width // 8, image.height // 8))
                image.load()
    except InputError as error:
        return str(error).partition("\n")[0]
    return None


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        end = ENDS.get(file.read(2))
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 64))
        return end is not None and file.read().rstrip(b"\0\r\n ").endswith(end)


def without(rows: dict[int, Any], count: int) -> npt.NDArray[np.bool_]:
    """Return a mask [count] of the rows that are not in ``rows``.

    Example:
        >>> without({1: "no image"}, 3).tolist()
        [True, False, True]
    """
    kept = np.ones(count, dtype=bool)
    kept[list(rows)] = False
    return kept
