"""Atomic writes of one or several files."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gcnlabel.errors import InputError
from gcnlabel.files.checks import refuse_existing
from gcnlabel.files.lock import try_lock

PREFIX = ".torn-"
"""Prefix of the names of temporary folders."""


@contextmanager
def atomic_write(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary path in a folder next to ``path``, and rename it to ``path`` if the ``with`` block succeeds.

    Args:
        path: The file to write. Its folder is created if it is missing.
        overwrite: Whether to replace an existing file.

    Raises:
        InputError: The file exists, the folder is not writable or the disk is full.
    """
    with atomic_writes([path], overwrite=overwrite) as (temporary,):
        yield temporary


@contextmanager
def atomic_writes(paths: Sequence[str | Path], *, overwrite: bool = False) -> Iterator[list[Path]]:
    """Yield temporary paths, and rename them to ``paths`` once all files are completely on disk.

    Temporary folders that killed processes left for the same names are removed.

    Args:
        paths: The files to write. Their folders are created if they are missing.
        overwrite: Whether to replace existing files.

    Raises:
        InputError: A file exists, a folder is not writable or the disk is full.
    """
    targets = [refuse_existing(path, overwrite) for path in paths]
    with ExitStack() as cleaning:
        try:
            temporaries = [cleaning.enter_context(_temporary(path)) for path in targets]
            yield temporaries
            for temporary in temporaries:
                _on_disk(temporary)
            for temporary, path in zip(temporaries, targets, strict=True):
                temporary.replace(path)
        except Exception as error:
            cause = _of_the_disk(error)
            if cause is None:
                raise
            raise InputError(
                f"cannot write {', '.join(map(str, targets))}: {getattr(cause, 'strerror', None) or cause}",
                fix="choose a writable folder with free disk space",
            ) from error


def write_together(contents: Mapping[Path, bytes], *, overwrite: bool = False) -> list[Path]:
    """Write files, all or none, and return their paths.

    Raises:
        InputError: As :func:`atomic_writes`.
    """
    with atomic_writes(list(contents), overwrite=overwrite) as temporaries:
        for temporary, content in zip(temporaries, contents.values(), strict=True):
            temporary.write_bytes(content)
    return list(contents)


def remove_stale(folder: str | Path) -> None:
    """Remove unfinished files of killed processes from a folder; files that are being written are kept."""
    for path in Path(folder).glob(f"{PREFIX}*"):
        _remove_unless_held(path)


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Yield a path in a new, locked folder next to ``path``; remove the folder after the ``with`` block.

    The path is in a folder of its own, because some libraries write further files next to the given one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f"{PREFIX}{path.stem[:100]}-"
    for stale in path.parent.iterdir():
        if stale.name.startswith(prefix):
            _remove_unless_held(stale)
    folder, handle = _new_locked_folder(prefix, path.parent)
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _new_locked_folder(prefix: str, parent: Path) -> tuple[Path, int | None]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with suppress(FileNotFoundError):  # another process can remove it as stale before it is locked
            handle = _open_and_lock(folder)
            if folder.exists():
                return folder, handle


def _open_and_lock(folder: Path) -> int | None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows cannot open folders
        return None
    if not try_lock(handle):  # it is being removed, or the file system has no locks
        time.sleep(0.05)
    return handle


def _on_disk(temporary: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod(0o666 & ~umask)
    with temporary.open("rb") as written:
        os.fsync(written.fileno())


def _remove_unless_held(path: Path) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            if try_lock(handle):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        finally:
            os.close(handle)


def _of_the_disk(error: BaseException | None) -> BaseException | None:
    """Return the system error that caused an exception, chained or quoted (by Rust libraries), or None."""
    if error is None or isinstance(error, InputError):
        return None
    if isinstance(error, OSError) or "(os error " in str(error):
        return error
    return _of_the_disk(error.__cause__ or error.__context__)
