"""Checks of paths before they are read or written."""

from __future__ import annotations

import os
from pathlib import Path

from gcnlabel.errors import InputError


def existing_file(path: str | Path, what: str = "file") -> Path:
    """Return ``path`` when it is a readable, non-empty file.

    Raises:
        InputError: The file is missing, is a folder, is empty, or may not be read.
    """
    path = Path(path)
    try:
        size = os.stat(path).st_size
    except (FileNotFoundError, NotADirectoryError) as error:
        fix = "check the path; it is relative to the folder you run in"
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
    return InputError(f"{what} cannot be read: {str(path)!r}: {why}", fix="check its name and its rights (ls -l)")


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
    """Return ``path`` when it has the suffix of its format, or none.

    Raises:
        InputError: It has another suffix.

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
    """Return ``path``, a folder that is made if it is missing.

    Raises:
        InputError: It cannot be made, or nothing can be written in it.
    """
    path = Path(path)
    _refuse_below_a_file(path, path / "inside")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {path}: {error.strerror or error}", fix="choose another") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise InputError(f"cannot write in the folder {path}", fix="choose another, or change its rights (ls -ld)")
    return path


def _refuse_below_a_file(path: Path, inside: Path) -> None:
    """Raise an error if a folder above ``inside`` is a file, so that ``path`` cannot be written."""
    above = next((folder for folder in inside.parents if os.path.exists(folder)), Path())
    if not above.is_dir():
        raise InputError(f"cannot write {path}: {above} is a file, no folder", fix="choose another name or folder")
