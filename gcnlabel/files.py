"""Files are written whole or not at all, and never over something that exists unless asked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gcnlabel.errors import InputError


def existing_file(path: str | Path, what: str = "file") -> Path:
    """Return ``path`` when it is a readable, non-empty file.

    Raises:
        InputError: The file is missing, is a folder, or is empty.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{what} not found: {path}", fix="check the path; it is relative to the folder you run in")
    if path.is_dir():
        raise InputError(f"{what} is a folder: {path}", expected="a file")
    if path.stat().st_size == 0:
        raise InputError(f"{what} is empty: {path}")
    return path


def refuse_existing(path: str | Path, overwrite: bool) -> Path:
    """Return ``path`` when it may be written.

    Raises:
        InputError: Something is there already and ``overwrite`` is false.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists already", fix="give another name, or pass --overwrite")
    return path


def writable_folder(path: str | Path) -> Path:
    """Return ``path``, made a folder where it is none.

    Raises:
        InputError: It cannot be.
    """
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {path}: {error.strerror or error}", fix="choose another") from error
    return path


@contextmanager
def atomic_write(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` and move it there when the block ends well.

    Args:
        path: The file to write. Its folder is made when it is missing.
        overwrite: Whether an existing file may be replaced.

    Raises:
        InputError: The file exists, the folder cannot be written or the disk is full.
    """
    path = refuse_existing(path, overwrite)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}",
            fix="choose a folder that can be written and has room",
        ) from error
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                temporary.unlink()
