"""One small ``.npy`` file -> its values, quickly enough to read a million of them."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from gcnlabel.errors import InputError


def npy_text(path: str) -> str:
    """Return what an array of text or numbers holds, as text; several values are joined by ``;``.

    Raises:
        InputError: As :func:`npy_values`.
    """
    return ";".join(value.decode() if isinstance(value, bytes) else str(value) for value in npy_values(path).tolist())


def npy_values(path: str) -> npt.NDArray[Any]:
    """Return the values of an array of text or numbers, flat. Nothing in the file is ever unpickled.

    Raises:
        InputError: The file is no ``.npy`` file, is cut off, or holds pickled objects.
    """
    with open(path, "rb") as file:
        content = file.read()
    try:
        start = npy_header_size(content)
        dtype, count = _described(content[:start])
        if dtype.hasobject:
            raise InputError("the array holds pickled objects", where=path, expected="text or numbers")
        return np.frombuffer(content, dtype=dtype, count=count, offset=start)
    except InputError:
        raise
    except (ValueError, IndexError, KeyError, SyntaxError, EOFError, TypeError) as error:
        raise InputError(f"no whole .npy file: {error}", where=path, expected="an array of text or numbers") from error


def npy_header_size(content: bytes) -> int:
    """Return where the data of a ``.npy`` file starts: after magic, version, length and header."""
    width = 2 if content[6] == 1 else 4
    return 8 + width + int.from_bytes(content[8 : 8 + width], "little")


@lru_cache(maxsize=4096)
def _described(head: bytes) -> tuple[np.dtype[Any], int]:
    """Return type and number of values that a header declares; few headers serve all files of a data set."""
    stream = io.BytesIO(head)
    version = npy_format.read_magic(stream)
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    shape, _, dtype = read(stream)
    return dtype, int(np.prod(shape, dtype=np.int64))
