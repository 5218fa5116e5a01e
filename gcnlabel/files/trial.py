"""Try to read a file in a child process first, because a damaged file may crash the reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gcnlabel.errors import InputError

_passed: set[tuple[str, int, int]] = set()
"""Path, size and modification time of files that the child could read."""


def try_in_child(path: Path, code: str) -> None:
    """Read a file in a child process, once per version of the file, to detect damage that crashes the reader.

    Exceptions in the child are ignored; the caller gets them when it reads the file.

    Args:
        path: The file.
        code: Python code that reads the whole file ``sys.argv[1]``.

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
            f"{path} is damaged: {first or f'signal {-child.returncode} ended its reader'}",
            fix="write or download the file again",
        )
    _passed.add(version)
