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

TORN = ".torn-"
"""Prefix of the names of files that are being written."""


@contextmanager
def atomic_write(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` and move it there when the block ends well.

    Args:
        path: The file to write. Its folder is made when it is missing.
        overwrite: Whether an existing file may be replaced.

    Raises:
        InputError: The file exists, the folder cannot be written or the disk is full.
    """
    with atomic_writes([path], overwrite=overwrite) as (temporary,):
        yield temporary


@contextmanager
def atomic_writes(paths: Sequence[str | Path], *, overwrite: bool = False) -> Iterator[list[Path]]:
    """Yield temporary paths for files that are moved in place together, when all of them are on the disk.

    Temporary files of the same names from killed processes are removed.

    Args:
        paths: The files to write. Their folders are made when they are missing.
        overwrite: Whether existing files may be replaced.

    Raises:
        InputError: A file exists, a folder cannot be written or the disk is full.
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
                fix="choose a folder that can be written and has room",
            ) from error


def write_together(contents: Mapping[Path, bytes], *, overwrite: bool = False) -> list[Path]:
    """Write files, all or none, and return their paths.

    Raises:
        InputError: As for :func:`atomic_writes`.
    """
    with atomic_writes(list(contents), overwrite=overwrite) as temporaries:
        for temporary, content in zip(temporaries, contents.values(), strict=True):
            temporary.write_bytes(content)
    return list(contents)


def remove_torn(folder: str | Path) -> None:
    """Remove temporary files of killed processes; files that are being written are kept."""
    for path in Path(folder).glob(f"{TORN}*"):
        _remove_unless_held(path)


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """Yield a new file beside ``path``, locked as long as its writer lives; it is removed in the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for torn in path.parent.iterdir():
        if torn.name.startswith(f"{TORN}{path.stem[:100]}-"):
            _remove_unless_held(torn)
    handle, name = tempfile.mkstemp(prefix=f"{TORN}{path.stem[:100]}-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "rb") as held:
            if not try_lock(held.fileno()):
                held.close()  # a system without such locks may not move a file that is open
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
    """Return the system's error that caused another; libraries in Rust quote it, others chain it."""
    if error is None or isinstance(error, InputError):
        return None
    if isinstance(error, OSError) or "(os error " in str(error):
        return error
    return _of_the_disk(error.__cause__ or error.__context__)
