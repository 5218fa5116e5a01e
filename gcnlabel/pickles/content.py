"""Convert recorded stand-ins to plain values (numbers, text, numpy arrays and frames), with size limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError
from gcnlabel.pickles.stand_ins import Array, DataFrame, Dtype, Index, Manager, RangeIndex
from gcnlabel.pickles.text_arrays import ArrowText, TextArray, texts

MAX_VALUES = 1_000_000
"""Largest number of values outside arrays plus bytes in arrays of text."""
MAX_DEPTH = 6
"""Largest depth of nested containers."""
MAX_ENTRIES = 25_000_000
"""Largest number of entries of a frame."""
Values = npt.NDArray[Any]


@dataclass(frozen=True)
class Frame:
    """The content of a numeric pandas frame.

    Attributes:
        values: The numbers [rows, columns].
        index: Names of the rows; None if they are only numbered.
        columns: Names of the columns; None if they are only numbered.
    """

    values: npt.NDArray[np.float64]
    index: list[str] | None
    columns: list[str] | None


class ArrayContent:
    """Converts the content of a pickle to plain values.

    Args:
        size: Size of the file in bytes, which limits the size of its arrays.
    """

    def __init__(self, size: int) -> None:
        self._bytes, self._values = size, MAX_VALUES
        self._made: dict[int, Values] = {}

    def plain(self, value: Any, depth: int = 0) -> Any:
        """Return a value with stand-ins replaced by numpy arrays and frames, and tuples by lists.

        Raises:
            InputError: It contains other types, is nested too deeply, or is too large.
        """
        self._spend(1)
        if depth > MAX_DEPTH:
            raise InputError(f"values nested more than {MAX_DEPTH} deep", expected="arrays, or lists and dicts of them")
        if value is None or type(value) in (bool, float, str):
            return value
        if type(value) is int and abs(value) < 2**63:
            return value
        if type(value) in (list, tuple):
            self._spend(len(value))
            return [self.plain(item, depth + 1) for item in value]
        if type(value) is dict:
            return {key: self.plain(item, depth + 1) for key, item in value.items()}
        if type(value) is Array:
            return self._array(value)
        if type(value) is DataFrame:
            return self._frame(value)
        raise InputError(f"it contains a {type(value).__name__}", expected="only numbers, text, arrays and frames")

    def _spend(self, count: int) -> None:
        self._values -= count
        if self._values < 0:
            raise InputError(
                f"it has more than {MAX_VALUES} values", fix="save only the values of the labels, as one array"
            )

    def _array(self, stand_in: Array) -> Values:
        if type(stand_in) is not Array:
            raise InputError("a frame that is not numeric", expected="one column of numbers per label")
        if id(stand_in) not in self._made:
            if stand_in.state is None:
                raise InputError("an array without content")
            self._made[id(stand_in)] = self._filled(*stand_in.state)
        return self._made[id(stand_in)]

    def _filled(self, shape: Any, dtype: Any, fortran: bool, data: Any) -> Values:
        sizes = shape if type(shape) is tuple else (shape,)
        if not isinstance(dtype, Dtype) or len(sizes) > 8 or not all(type(n) is int and 0 <= n < 2**40 for n in sizes):
            raise InputError("an array without a valid shape or type", expected="plain numbers or text")
        count, order = math.prod(sizes), "F" if fortran else "C"
        if dtype.holds_objects:
            return self._objects(data, count).reshape(sizes, order=order)  # type: ignore[call-overload]
        kind = dtype.to_numpy()
        self._bytes -= count * kind.itemsize
        if type(data) not in (bytes, str) or len(data) != count * kind.itemsize or self._bytes < 0:
            raise InputError(f"an array of {count} values, but the file has fewer", fix="copy the file again")
        data = data.encode("latin1") if type(data) is str else data  # written by Python 2
        values: Values = np.frombuffer(data, kind) if count else np.zeros(0, kind)
        if kind.kind in "US":
            self._spend(values.nbytes)
            texts = [text.decode("latin1") if isinstance(text, bytes) else text for text in values.tolist()]
            values = np.array(texts, dtype=object)
        return values.reshape(sizes, order=order)  # type: ignore[call-overload]

    def _objects(self, data: Any, count: int) -> Values:
        """Return an array of Python numbers and strings."""
        plain = self.plain(data, MAX_DEPTH - 1)
        if type(plain) is not list or len(plain) != count:
            raise InputError(f"an array of {count} objects, but the file has another number")
        values = np.empty(count, dtype=object)
        values[:] = plain
        return values

    def _frame(self, stand_in: DataFrame) -> Frame:
        manager = stand_in.manager
        if type(manager) is not Manager:
            raise InputError("a frame without content")
        columns, index = (self._names(axis) for axis in manager.axes)
        blocks = [(self._array(block.values), block.places) for block in manager.blocks]
        blocks = [(values.T if stand_in.transposed else values, places) for values, places in blocks]
        if any(values.ndim != 2 or values.dtype.kind not in "biuf" for values, _ in blocks):
            raise InputError("a frame that is not numeric", expected="one column of numbers per label")
        width = sum(len(values) for values, _ in blocks)
        height = blocks[0][0].shape[1] if blocks else 0
        if len({values.shape[1] for values, _ in blocks}) > 1 or not 0 < width * height <= MAX_ENTRIES:
            raise InputError(f"a frame of {height} rows and {width} columns", expected=f"up to {MAX_ENTRIES} numbers")
        if len(columns or range(width)) != width or len(index or range(height)) != height:
            raise InputError("a frame with another number of names than of rows or columns")
        matrix = np.full((width, height), np.nan)
        for values, places in blocks:
            matrix[self._array(places) if type(places) is Array else slice(None) if places is None else places] = values
        return Frame(np.ascontiguousarray(matrix.T), index, columns)

    def _names(self, axis: Any) -> list[str] | None:
        if type(axis) is RangeIndex or axis is None:
            return None
        names = axis.names if type(axis) is Index else axis
        names = names.content if type(names) is TextArray else names
        if type(names) is ArrowText:
            self._spend(sum(len(part) for part in names.buffers or () if type(part) is bytes))
            return texts(names)
        items = self._array(names).tolist() if type(names) is Array else self.plain(names)
        if type(items) is not list:
            raise InputError("a frame without names of its rows or columns")
        return None if all(type(item) is int for item in items) else [str(item) for item in items]
