"""Stand-ins for the functions and classes of numpy and pandas that a pickle of arrays uses.

The originals are never called, because numpy trusts the type and memory layout in a pickle. Each stand-in only records
its arguments; :mod:`gcnlabel.pickles.content` checks them and makes arrays from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError

PLAIN = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|[US]\d{0,4}|O[48]?)")
"""Admitted types: booleans, integers, floating point, text, and objects that are all of these."""


class StandIn:
    """An object that records the arguments and the state from a pickle."""

    def __setstate__(self, state: Any) -> None:
        """Record the state of a BUILD opcode; this base class refuses it."""
        raise InputError(f"the pickle sets a state of {type(self).__name__}", expected="plain arrays")


class Dtype(StandIn):
    """Stand-in for numpy.dtype."""

    def __init__(self, text: Any, align: Any = False, copy: Any = True) -> None:
        if not isinstance(text, str) or not PLAIN.fullmatch(text):
            shown = repr(text[:40]) if isinstance(text, str) else f"a {type(text).__name__}"
            raise InputError(f"an array of type {shown}", expected="plain numbers or text")
        self.text, self.order = text.lstrip("<>=|"), "="

    def __setstate__(self, state: Any) -> None:
        """Record ``(3, byte order, sub-array, names, fields, ...)``."""
        _, order, *structure = state
        if order not in ("<", ">", "=", "|") or any(part is not None for part in structure[:3]):
            raise InputError("an array of a structured type", expected="plain numbers or text")
        self.order = order

    @property
    def holds_objects(self) -> bool:
        """Whether the elements are Python objects."""
        return self.text[0] == "O"

    def to_numpy(self) -> np.dtype[Any]:
        """Return the numpy dtype."""
        return np.dtype(self.order + self.text)


class Array(StandIn):
    """Stand-in for numpy.ndarray."""

    def __init__(self) -> None:
        self.state: tuple[Any, Any, bool, Any] | None = None

    def __setstate__(self, state: Any) -> None:
        """Record ``([version,] shape, type, whether it is in Fortran order, data)``."""
        shape, dtype, fortran, data = state[-4:]
        self.state = (shape, dtype, bool(fortran), data)


class Index(StandIn):
    """Stand-in for pandas.Index, which has names."""

    def __init__(self, names: Any = None) -> None:
        self.names = names


class RangeIndex(Index):
    """Stand-in for pandas.RangeIndex, which has no names."""


class Block(StandIn):
    """Stand-in for a block of columns of the same type, stored as rows."""

    def __init__(self, values: Any = None, places: Any = None, ndim: Any = 2) -> None:
        self.values, self.places = values, places


class Manager(StandIn):
    """Stand-in for pandas' BlockManager."""

    def __init__(self, blocks: Any = (), axes: Any = ()) -> None:
        self.blocks, self.axes = blocks, axes

    def __setstate__(self, state: Any) -> None:
        """Record the state of pandas before 1.3."""
        content = state[3]["0.14.1"]
        self.axes = content["axes"]
        self.blocks = [Block(block["values"], block["mgr_locs"]) for block in content["blocks"]]


class DataFrame(StandIn):
    """Stand-in for pandas.DataFrame, created from a manager or from values."""

    def __init__(self, values: Any = None, index: Any = None, columns: Any = None) -> None:
        self.manager: Any = Manager([Block(values)], [columns, index]) if values is not None else None
        self.transposed = values is not None

    def __setstate__(self, state: Any) -> None:
        """Record the manager."""
        self.manager = state["_mgr"] if "_mgr" in state else state["_data"]
        self.transposed = False


class Object(StandIn):
    """Stand-in for ``object``, which protocols 0 and 1 name as the base class."""


def reconstructor(kind: Any, base: Any, state: Any) -> StandIn:
    """Stand-in for ``copyreg._reconstructor`` of protocols 0 and 1: return an object for BUILD to fill."""
    if not (isinstance(kind, type) and issubclass(kind, StandIn)) or base is not Object or state is not None:
        raise InputError("an object of another class", expected="only numpy arrays and pandas frames")
    return kind()


def reconstruct(kind: Any, shape: Any, code: Any) -> Array:
    """Stand-in for numpy's ``_reconstruct``: return an empty array for BUILD to fill."""
    if kind is not Array:
        raise InputError("an array of another class", expected="numpy.ndarray")
    return Array()


def from_buffer(data: Any, dtype: Any, shape: Any, order: Any) -> Array:
    """Stand-in for numpy's ``_frombuffer``: return an array."""
    array = Array()
    array.__setstate__((shape, dtype, order == "F", data))
    return array


def scalar(dtype: Any, data: Any = b"") -> Any:
    """Stand-in for numpy's ``scalar``: return a Python number."""
    if not isinstance(dtype, Dtype) or dtype.holds_objects:
        raise InputError("a scalar of another type", expected="a plain number")
    data = data.encode("latin1") if isinstance(data, str) else data
    values: npt.NDArray[Any] = np.frombuffer(data, dtype.to_numpy(), count=1)
    return values[0].item()


def no_bytes() -> bytes:
    """Stand-in for ``bytes``, which old protocols call for empty arrays: return empty bytes."""
    return b""


def new_index(kind: Any, content: Any) -> Index:
    """Stand-in for pandas' ``_new_Index``: return an index."""
    return RangeIndex() if kind is RangeIndex else Index(content["data"])


def new_slice(*ends: Any) -> slice:
    """Stand-in for ``slice``: return a slice, only of integers."""
    if not all(end is None or type(end) is int for end in ends):
        raise InputError("a slice with ends that are not integers")
    return slice(*ends)


NUMPY: dict[str, Callable[..., Any]] = {
    **{f"numpy.{core}.multiarray._reconstruct": reconstruct for core in ("core", "_core")},
    **{f"numpy.{core}.multiarray.scalar": scalar for core in ("core", "_core")},
    **{f"numpy.{core}.numeric._frombuffer": from_buffer for core in ("core", "_core")},
    "numpy.ndarray": Array,
    "numpy.dtype": Dtype,
    "copyreg._reconstructor": reconstructor,
    "copy_reg._reconstructor": reconstructor,
    "builtins.object": Object,
    "__builtin__.object": Object,
    "builtins.bytes": no_bytes,
    "__builtin__.bytes": no_bytes,
}
"""Globals of numpy that a pickle may use -> their stand-ins."""

PANDAS: dict[str, Callable[..., Any]] = {
    "pandas.core.frame.DataFrame": DataFrame,
    "pandas.DataFrame": DataFrame,
    "pandas.core.internals.managers.BlockManager": Manager,
    "pandas._libs.internals._unpickle_block": Block,
    "pandas.core.indexes.base._new_Index": new_index,
    "pandas.core.indexes.base.Index": Index,
    "pandas.Index": Index,
    "pandas.core.indexes.range.RangeIndex": RangeIndex,
    "pandas.RangeIndex": RangeIndex,
    "builtins.slice": new_slice,
    "__builtin__.slice": new_slice,
}
"""Globals of pandas that a pickle may use -> their stand-ins."""
