"""Atomic writes of one or several files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from gcnlabel.errors import InputError
from gcnlabel.files.checks import refuse_existing
from gcnlabel.files.lock import try_lock

PREFIX = ".torn-"
"""Prefix of the names of temporary files."""


@contextmanager
def atomic_write(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary path next to ``path``, and rename it to ``path`` if the ``with`` block succeeds.

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

    Temporary files that killed processes left for the same names are removed.

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
    """Remove the temporary files of killed processes in a folder; files that are being written are kept."""
    for path in Path(folder).glob(f"{PREFIX}*"):
        _remove_unless_held(path)


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Yield a new, locked file next to ``path``; remove it after the ``with`` block if it still exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.iterdir():
        if stale.name.startswith(f"{PREFIX}{path.stem[:100]}-"):
            _remove_unless_held(stale)
    handle, name = tempfile.mkstemp(prefix=f"{PREFIX}{path.stem[:100]}-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "rb") as held:
            if not try_lock(held.fileno()):
                held.close()  # systems without flock (Windows) cannot rename an open file
            yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _on_disk(temporary: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod(0o666 & ~umask)
    with temporary.open("rb") as written:
        os.fsync(written.fileno())


def _remove_unless_held(path: Path) -> None:
    with suppress(OSError), path.open("rb") as file:
        if try_lock(file.fileno()):
            path.unlink()


def _of_the_disk(error: BaseException | None) -> BaseException | None:
    """Return the system error that caused an exception, chained or quoted (by Rust libraries); None if there is none."""
    if error is None or isinstance(error, InputError):
        return None
    if isinstance(error, OSError) or "(os error " in str(error):
        return error
    return _of_the_disk(error.__cause__ or error.__context__)
