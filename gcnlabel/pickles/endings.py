"""File name suffixes of array files."""

from __future__ import annotations

from pathlib import Path

ARRAY_FILES = (".pkl", ".pickle", ".npy")
"""Suffixes of pickles and numpy files."""


def is_array_file(path: str | Path) -> bool:
    """Return whether a file name has the suffix of an array file.

    Example:
        >>> is_array_file("coco_adj.pkl"), is_array_file("counts.csv")
        (True, False)
    """
    return Path(path).suffix.lower() in ARRAY_FILES
