"""Detect files that change while they are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gcnlabel.errors import InputError


@contextmanager
def unchanged(paths: Iterable[str | Path]) -> Iterator[None]:
    """Check after the ``with`` block that files have the same inode, size and modification time as before.

    Raises:
        InputError: A file changed; raised instead of an exception of the block.
    """
    before = {path: _stamp(path) for path in paths}

    def check(error: Exception | None) -> None:
        for path, stamp in before.items():
            if stamp is not None and _stamp(path) != stamp:
                raise InputError(
                    f"{path} changed while it was read", fix="wait until it is written completely, then start again"
                ) from error

    try:
        yield
    except Exception as error:
        check(error)
        raise
    check(None)


def _stamp(path: str | Path) -> tuple[int, ...] | None:
    """Return device, inode, size and modification time of a file; None if it cannot be read."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
