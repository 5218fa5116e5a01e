"""Find the files of a folder by suffix."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

IMAGE_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""Suffixes of image files in a folder; a single image file may have any suffix."""


def visible_files(folder: str | Path, suffixes: Collection[str]) -> list[Path]:
    """Return the files below a folder with one of the suffixes (in any case), relative to the folder and sorted.

    Hidden files are skipped, such as ``._photo.jpg``, which macOS adds to archives.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("b.JPG", "a.jpg", "._a.jpg", "notes.txt"):
        ...     (folder / name).touch()
        >>> [str(path) for path in visible_files(folder, {".jpg"})]
        ['a.jpg', 'b.JPG']
    """
    root = Path(folder)
    found = (path.relative_to(root) for path in root.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))
