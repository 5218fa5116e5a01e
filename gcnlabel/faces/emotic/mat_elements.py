"""Check the headers of a MATLAB 5 file before memory is allocated for its arrays.

A file is a sequence of elements: a type, a number of bytes, and the bytes. Arrays are elements that contain others:
flags, dimensions, a name, then numbers or (in cells and structs) arrays. Readers allocate memory by the dimensions, so
that damaged bytes could request exabytes; here each array must have the bytes for its entries.
Reference: MAT-File Format, The MathWorks, chapter 1.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator

INT8, INT32, UINT32, MATRIX, COMPRESSED = 1, 5, 6, 14, 15
CELL, STRUCT, OBJECT = 1, 2, 3
NUMBERS = range(4, 16)
"""Classes of character, sparse and numeric arrays."""
NUMBER_TYPES = (1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 16, 17, 18)
"""Types of elements with numbers or text; other types make readers crash."""
COMPLEX = 0x800
MAX_DEPTH = 24
MAX_BYTES = 2**29
"""Largest decompressed variable; EMOTIC's take some tens of MB."""
EMPTY = 8
"""Bytes of the smallest array: a tag without content."""


class DamagedError(ValueError):
    """The file is inconsistent with its headers."""


def check_mat(content: bytes) -> None:
    """Check every element of a MATLAB 5 file.

    Raises:
        DamagedError: An element is truncated, declares more entries than it has bytes for, or is nested too deeply.
    """
    order = {b"IM": "<", b"MI": ">"}.get(content[126:128])
    if len(content) < 128 or order is None:
        raise DamagedError("no header of a MATLAB 5 file")
    for kind, data in _elements(memoryview(content)[128:], order):
        if kind == COMPRESSED:
            for inner, array in _elements(memoryview(_decompressed(bytes(data))), order):
                _check(inner, array, order, 0)
        else:
            _check(kind, data, order, 0)


def _decompressed(data: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise DamagedError(f"a variable cannot be decompressed: {error}") from error
    if not stream.eof:
        raise DamagedError("a compressed variable is cut off or too large")
    return content


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Yield type and bytes of consecutive elements."""
    start = 0
    while len(data) - start >= 8:
        kind, size = struct.unpack_from(f"{order}II", data, start)
        short = kind >> 16
        begin = start + (4 if short else 8)
        kind, size = (kind & 0xFFFF, short) if short else (kind, size)
        if begin + size > len(data) or (short and size > 4):
            raise DamagedError(f"an element of {size} bytes, and {len(data) - begin} follow")
        yield kind, data[begin : begin + size]
        start = start + 8 if short else begin + size + (-size % 8 if kind != COMPRESSED else 0)


def _check(kind: int, data: memoryview, order: str, depth: int) -> None:
    if kind != MATRIX or not len(data):
        if kind > 18:
            raise DamagedError(f"an element of type {kind}")
        return
    if depth > MAX_DEPTH:
        raise DamagedError(f"arrays in arrays, more than {MAX_DEPTH} deep")
    parts = list(_elements(data, order))
    if len(parts) < 3 or len(parts[0][1]) != 8 or len(parts[1][1]) % 4 or len(parts[1][1]) < 8:
        raise DamagedError("an array without flags, dimensions or name")
    if [kind for kind, _ in parts[:3]] != [UINT32, INT32, INT8]:
        raise DamagedError("flags, dimensions or name of an array are of another type")
    flags = struct.unpack_from(f"{order}I", parts[0][1])[0]
    array_class = flags & 0xFF
    sizes = struct.unpack(f"{order}{len(parts[1][1]) // 4}i", parts[1][1])
    if min(sizes) < 0 or len(sizes) > 32:
        raise DamagedError(f"an array of dimensions {sizes[:8]}")
    _check_entries(array_class, math.prod(sizes), parts, len(data))
    if array_class in NUMBERS:
        _check_numbers(parts[3:], 2 if flags & COMPLEX else 1)
    for inner, array in parts[3:]:
        _check(inner, array, order, depth + 1)


def _check_entries(array_class: int, entries: int, parts: list[tuple[int, memoryview]], size: int) -> None:
    """Check that an array has the bytes for its entries."""
    if array_class in (CELL, STRUCT, OBJECT):
        arrays = sum(kind == MATRIX for kind, _ in parts[3:])
        if entries * EMPTY > size or (array_class == CELL and entries != arrays):
            raise DamagedError(f"{arrays} arrays in a list of {entries}")
    elif array_class not in NUMBERS:
        raise DamagedError(f"an array of class {array_class}")
    elif array_class != 5 and entries > size:
        raise DamagedError(f"{entries} numbers in {size} bytes")


def _check_numbers(parts: list[tuple[int, memoryview]], needed: int) -> None:
    """Check that an array of numbers or text has its elements, and that these have valid types."""
    if len(parts) < needed:
        raise DamagedError(
            "an array of complex numbers without their imaginary part" if parts else "an array of nothing"
        )
    odd = [kind for kind, _ in parts if kind not in NUMBER_TYPES]
    if odd:
        raise DamagedError(f"numbers of type {odd[0]}")
