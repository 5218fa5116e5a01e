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
        InputError: Something is there already and ``overwrite`` is false, or a folder of the path is a file.
    """
    path = Path(path)
    if os.path.exists(path) and not overwrite:
        raise InputError(f"{path} exists already", fix="give another name, or pass --overwrite")
    _refuse_below_a_file(path, path)
    return path


def refuse_suffix(path: str | Path, suffix: str, what: str) -> Path:
    """Return ``path`` when its name ends as files of its format do, or has no ending.

    Raises:
        InputError: The name ends as that of another format.

    Example:
        >>> refuse_suffix("graph.pt", ".safetensors", "a label graph")
        Traceback (most recent call last):
        gcnlabel.errors.InputError: graph.pt cannot be the name of a label graph
          expected: a name that ends in .safetensors
          to do: --output graph.safetensors
    """
    path = Path(path)
    if path.suffix.lower() not in ("", suffix):
        raise InputError(
            f"{path} cannot be the name of {what}",
            expected=f"a name that ends in {suffix}",
            fix=f"--output {path.with_suffix(suffix)}",
        )
    return path


def writable_folder(path: str | Path) -> Path:
    """Return ``path``, made a folder where it is none.

    Raises:
        InputError: It cannot be.
    """
    path = Path(path)
    _refuse_below_a_file(path, path / "inside")
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
    except Exception as error:
        if not _is_of_the_disk(error):
            raise
        raise InputError(
            f"cannot write {path}: {getattr(error, 'strerror', None) or error}",
            fix="choose a folder that can be written and has room",
        ) from error
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                temporary.unlink()


def _refuse_below_a_file(path: Path, inside: Path) -> None:
    """Raise an error where a folder that ``inside`` lies in is a file, which is in the way of ``path``."""
    above = next((folder for folder in inside.parents if os.path.exists(folder)), Path())
    if not above.is_dir():
        raise InputError(f"cannot write {path}: {above} is a file, no folder", fix="choose another name or folder")


def _is_of_the_disk(error: Exception) -> bool:
    """Return whether writing failed; libraries in Rust have errors of their own that quote the system's."""
    return isinstance(error, OSError) or ("(os error " in str(error) and not isinstance(error, InputError))
