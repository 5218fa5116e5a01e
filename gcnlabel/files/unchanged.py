"""Inputs that must not change while they are read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gcnlabel.errors import InputError


@contextmanager
def unchanged(paths: Iterable[str | Path]) -> Iterator[None]:
    """Check after the block that files have not changed: the same file, size and modification time.

    Raises:
        InputError: One changed. An error of the block is raised, unless a file changed, which explains it.
    """
    before = {path: _stamp(path) for path in paths}

    def check(error: Exception | None) -> None:
        for path, stamp in before.items():
            if stamp is not None and _stamp(path) != stamp:
                raise InputError(
                    f"{path} changed while it was read", fix="wait until it is written, then start again"
                ) from error

    try:
        yield
    except Exception as error:
        check(error)
        raise
    check(None)


def _stamp(path: str | Path) -> tuple[int, ...] | None:
    """Return values that change with a file; None where it cannot be read."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
