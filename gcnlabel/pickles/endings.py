"""Suffixes of files of arrays."""

from __future__ import annotations

from pathlib import Path

ARRAY_FILES = (".pkl", ".pickle", ".npy")
"""Suffixes of files that hold arrays."""


def is_array_file(path: str | Path) -> bool:
    """Return whether a file is one of arrays, by its name.

    Example:
        >>> is_array_file("coco_adj.pkl"), is_array_file("counts.csv")
        (True, False)
    """
    return Path(path).suffix.lower() in ARRAY_FILES
