"""Reading a file in a process of its own first: a damaged one may end the process that reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gcnlabel.errors import InputError

_passed: set[tuple[str, int, int]] = set()
"""Path, size and modification time of files that were tried."""


def try_in_child(path: Path, code: str) -> None:
    """Read a file in a child by a library that aborts on some damage, once for each version of a file.

    An exception in the child is left to the caller, who meets it again and explains it.

    Args:
        path: The file.
        code: Python code that reads all of the file ``sys.argv[1]``.

    Raises:
        InputError: The child was ended by a signal.
    """
    found = path.stat()
    version = str(path), found.st_size, found.st_mtime_ns
    if version in _passed or not sys.executable:
        return
    child = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=False)
    if child.returncode < 0:
        first = child.stderr.decode(errors="replace").strip().split("\n")[0][:200]
        raise InputError(
            f"{path} is damaged: {first or f'its reader was ended by signal {-child.returncode}'}",
            fix="write it again, or get it from where it comes from",
        )
    _passed.add(version)
