"""Fast reader of small ``.npy`` files, for data sets with a million of them."""

from __future__ import annotations

import io
import math
import os
import sys
from functools import lru_cache
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from gcnlabel.errors import InputError

MAX_BYTES = 2**20
"""Largest size of an annotation file in bytes; 136 coordinates take about 1,200."""


def npy_text(path: str) -> str:
    """Return the values of an array of text or numbers as one text, joined by ``;``.

    Raises:
        InputError: As :func:`npy_values`.
    """
    return ";".join(map(_text, npy_values(path).tolist()))


def npy_values(path: str) -> npt.NDArray[Any]:
    """Return the values of an array of text or numbers, flattened, [values]. Nothing is unpickled.

    Raises:
        InputError: The file is no ``.npy`` file, is cut off or far too large, or holds pickled objects.
    """
    size = os.path.getsize(path)
    if size > MAX_BYTES:
        raise InputError(f"an annotation of {size} bytes", where=path, expected="text or some numbers")
    try:
        with open(path, "rb") as file:
            content = file.read()
        start = npy_header_size(content)
        dtype, count = _described(content[:start])
        if dtype.kind not in "biufSU":
            what = "pickled objects" if dtype.hasobject else f"values of type {dtype}"
            raise InputError(f"the array holds {what}", where=path, expected="text or numbers")
        values = np.frombuffer(content, dtype=dtype, count=count, offset=start)
        text = "".join(map(_text, values.tolist()))
        text.encode()  # raises on a lone surrogate
        if max(text, default="") > chr(sys.maxunicode):  # numpy decodes such code points, which are invalid
            raise ValueError("text that is no Unicode")
        return values
    except InputError:
        raise
    except Exception as error:  # numpy parses the header as Python, and damaged ones raise errors of many types
        raise InputError(
            f"not a complete .npy file: {error}", where=path, expected="an array of text or numbers"
        ) from error


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def npy_header_size(content: bytes) -> int:
    """Return the offset of the data in a ``.npy`` file: after magic, version, length and header."""
    width = 2 if content[6] == 1 else 4
    return 8 + width + int.from_bytes(content[8 : 8 + width], "little")


def check_npy_size(file: IO[bytes], size: int) -> None:
    """Check that a ``.npy`` file is as large as its header declares, before memory is allocated.

    Args:
        file: The file, at its start; the position is restored.
        size: Its size in bytes.

    Raises:
        ValueError: The header cannot be read, or declares more data than follow.
    """
    start = file.tell()
    try:
        version = npy_format.read_magic(file)
        dtype, count = _header(file, version)
    except Exception as error:
        raise ValueError(f"its header cannot be read: {error}") from error
    left = size - (file.tell() - start)
    if not dtype.hasobject and count * dtype.itemsize > left:
        raise ValueError(f"its header declares {count} values of {dtype}, and {left} bytes follow")
    file.seek(start)


@lru_cache(maxsize=4096)
def _described(head: bytes) -> tuple[np.dtype[Any], int]:
    """Return dtype and number of values that a header declares; cached, since files of a data set share headers."""
    stream = io.BytesIO(head)
    return _header(stream, npy_format.read_magic(stream))


def _header(stream: IO[bytes], version: tuple[int, int]) -> tuple[np.dtype[Any], int]:
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if any(isinstance(length, bool) or length < 0 for length in shape):
        raise ValueError(f"shape {shape}")
    return dtype, math.prod(shape)
