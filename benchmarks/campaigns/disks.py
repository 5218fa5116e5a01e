"""Places to work in: folders, and disks that can be filled or made read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOM = 64 * 2**20
FILLING = ".filling"
"""Name of the file that fills a disk."""


@contextmanager
def folder_at(place: Path) -> Iterator[None]:
    """Make a new folder."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    yield


@contextmanager
def disk_at(place: Path) -> Iterator[None]:
    """Make a new folder that is a disk of its own."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", place], check=True)
    try:
        yield
    finally:
        os.chdir("/")
        subprocess.run(["umount", "-l", place], check=True)


def mend(place: Path, on_disk: bool) -> None:
    """Take back what befell a place: a disk that is full or read-only, and rights that were taken."""
    if on_disk:
        subprocess.run(["mount", "-o", "remount,rw", place], check=True)
        (place / FILLING).unlink(missing_ok=True)
    for path in (place, *place.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def can_mount() -> bool:
    """Return whether disks can be made here."""
    with tempfile.TemporaryDirectory() as parent:
        try:
            with disk_at(Path(parent) / "disk"):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False
