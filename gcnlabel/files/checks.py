"""Checks of paths before they are read or written."""

from __future__ import annotations

import os
from pathlib import Path

from gcnlabel.errors import InputError


def existing_file(path: str | Path, what: str = "file") -> Path:
    """Return ``path`` if it is a readable, non-empty file.

    Raises:
        InputError: The file is missing, a folder, empty, or not readable.
    """
    path = Path(path)
    try:
        size = os.stat(path).st_size
    except (FileNotFoundError, NotADirectoryError) as error:
        fix = "check the path; relative paths start at the current folder"
        raise InputError(f"{what} not found: {path}", fix=fix) from error
    except (OSError, ValueError) as error:
        raise _unreadable(path, what, error) from error
    if path.is_dir():
        raise InputError(f"{what} is a folder: {path}", expected="a file")
    if path.is_file() and size == 0:
        raise InputError(f"{what} is empty: {path}")
    try:
        path.open("rb").close()
    except OSError as error:
        raise _unreadable(path, what, error) from error
    return path


def _unreadable(path: Path, what: str, error: OSError | ValueError) -> InputError:
    why = getattr(error, "strerror", None) or error
    return InputError(f"{what} cannot be read: {str(path)!r}: {why}", fix="check its name and permissions (ls -l)")


def refuse_existing(path: str | Path, overwrite: bool) -> Path:
    """Return ``path`` if it may be written.

    Raises:
        InputError: It exists and ``overwrite`` is false, or one of its parent folders is a file.
    """
    path = Path(path)
    if os.path.exists(path) and not overwrite:
        raise InputError(f"{path} already exists", fix="give another name, or pass --overwrite")
    _refuse_below_a_file(path, path)
    return path


def refuse_suffix(path: str | Path, suffix: str, what: str) -> Path:
    """Return ``path`` if it has the suffix of its format or none.

    Raises:
        InputError: It has another suffix.

    Example:
        >>> refuse_suffix("graph.pt", ".safetensors", "a label graph")
        Traceback (most recent call last):
        gcnlabel.errors.InputError: graph.pt: wrong suffix for a label graph
          expected: a file name that ends in .safetensors
          to do: --output graph.safetensors
    """
    path = Path(path)
    if path.suffix.lower() not in ("", suffix):
        raise InputError(
            f"{path}: wrong suffix for {what}",
            expected=f"a file name that ends in {suffix}",
            fix=f"--output {path.with_suffix(suffix)}",
        )
    return path


def writable_folder(path: str | Path) -> Path:
    """Create the folder ``path`` if it is missing, and return it.

    Raises:
        InputError: It cannot be created or is not writable.
    """
    path = Path(path)
    _refuse_below_a_file(path, path / "inside")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot create the folder {path}: {error.strerror or error}", fix="choose another") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise InputError(f"cannot write to the folder {path}", fix="choose another, or change its permissions (ls -ld)")
    return path


def _refuse_below_a_file(path: Path, inside: Path) -> None:
    """Raise InputError if a parent of ``inside`` is a file, so that ``path`` cannot be written."""
    above = next((folder for folder in inside.parents if os.path.exists(folder)), Path())
    if not above.is_dir():
        raise InputError(f"cannot write {path}: {above} is a file, not a folder", fix="choose another name or folder")
