"""One kind of file, and the register of all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

QUICK, SLOW = 10_000, 1_000
"""Number of mutants: of kinds that take less than 20 ms, and of the others."""


class FileKind(NamedTuple):
    """One kind of file.

    Attributes:
        write: Writes good files to a folder.
        read: Reads one of them, by its path.
        damaged: Patterns of the files that are damaged, one in a trial.
        count: Number of mutants.
    """

    write: Callable[[Path], object]
    read: Callable[[Path], object]
    damaged: tuple[str, ...]
    count: int


KINDS: dict[str, FileKind] = {}
"""Name -> kind."""


def file_kind(
    name: str, write: Callable[[Path], object], *damaged: str, count: int = QUICK
) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    """Register the function that reads a kind of file."""

    def register(read: Callable[[Path], object]) -> Callable[[Path], object]:
        KINDS[name] = FileKind(write, read, damaged, count)
        return read

    return register


def texts(**files: str) -> Callable[[Path], None]:
    """Return what writes texts to files whose names have ``__`` for the dot."""

    def write(folder: Path) -> None:
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")

    return write
