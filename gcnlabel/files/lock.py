"""File locks, which the system releases when the process ends, even if it is killed."""

from __future__ import annotations

import errno
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gcnlabel.errors import InputError

try:
    import fcntl
except ImportError:  # Windows has no fcntl; nothing is locked there
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
"""Name of the lock file in a folder."""
_HERE: set[Path] = set()  # locks of this process, because the system would grant them to it again


@contextmanager
def locked(folder: str | Path, what: str) -> Iterator[None]:
    """Lock a folder for this process during the ``with`` block.

    Args:
        folder: A writable folder.
        what: What is being done, for messages of other processes, e.g. ``"is being trained"``.

    Raises:
        InputError: Another process has locked it; the message names that process.
    """
    path = Path(folder).resolve() / LOCK
    if path in _HERE:
        raise _held(folder, what, json.dumps(_who()))
    handle = _open_locked(path, folder, what)
    _HERE.add(path)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps(_who()).encode())
        yield
    finally:
        _HERE.discard(path)
        with suppress(OSError):
            path.unlink()
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Try to lock an open file, and return whether it succeeded; False on systems without ``flock``.

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile() as file:
        ...     other = os.open(file.name, os.O_RDWR)
        ...     try_lock(file.fileno()), try_lock(other)
        (True, False)
        >>> os.close(other)
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, AttributeError):
        return False
    return True


def _open_locked(path: Path, folder: str | Path, what: str) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise InputError(f"cannot write to {folder}: {error.strerror}", fix="choose another folder") from error
        if not _try_lock_of_process(handle):
            text = os.read(handle, 1000).decode(errors="replace")
            os.close(handle)
            raise _held(folder, what, text)
        with suppress(FileNotFoundError):
            if os.stat(path).st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)  # another process removed the file before we locked it


def _try_lock_of_process(handle: int) -> bool:
    """Try to lock a file for this process only; forked workers, which may outlive it, do not inherit the lock."""
    if fcntl is None:
        return True
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _who() -> dict[str, object]:
    return {"process": os.getpid(), "host": socket.gethostname(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}


def _held(folder: str | Path, what: str, text: str) -> InputError:
    try:
        holder = "process {process} on {host}, since {since}".format(**json.loads(text))
    except (ValueError, KeyError, TypeError):
        holder = "another process"  # has not written its details yet
    return InputError(f"{folder} {what} by {holder}", fix="wait until it has ended, or give another --output")
