"""What stands in for the parts of numpy and pandas that a pickle of arrays names.

None of theirs is ever called: numpy believes what a pickle says of an array's type and memory. Each stand-in only notes
what it is told; :mod:`gcnlabel.pickles.content` makes arrays of it when everything has been checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError

PLAIN = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248]|[US]\d{0,4}|O[48]?)")
"""Types that are admitted: truth values, integers, floating numbers, text; objects where all of them are such."""


class StandIn:
    """Something that a pickle builds: what it is called with, then its state."""

    def __setstate__(self, state: Any) -> None:
        """Take what BUILD brings."""
        raise InputError(f"the pickle sets a state of {type(self).__name__}", expected="plain arrays")


class Dtype(StandIn):
    """numpy.dtype."""

    def __init__(self, text: Any, align: Any = False, copy: Any = True) -> None:
        if not isinstance(text, str) or not PLAIN.fullmatch(text):
            shown = repr(text[:40]) if isinstance(text, str) else f"a {type(text).__name__}"
            raise InputError(f"an array of type {shown}", expected="plain numbers or text")
        self.text, self.order = text.lstrip("<>=|"), "="

    def __setstate__(self, state: Any) -> None:
        """Take ``(3, byte order, sub-array, names, fields, ...)``."""
        _, order, *structure = state
        if order not in ("<", ">", "=", "|") or any(part is not None for part in structure[:3]):
            raise InputError("an array of a structured type", expected="plain numbers or text")
        self.order = order

    @property
    def holds_objects(self) -> bool:
        """Whether the elements are Python objects."""
        return self.text[0] == "O"

    def to_numpy(self) -> np.dtype[Any]:
        """Return the plain type."""
        return np.dtype(self.order + self.text)


class Array(StandIn):
    """numpy.ndarray."""

    def __init__(self) -> None:
        self.state: tuple[Any, Any, bool, Any] | None = None

    def __setstate__(self, state: Any) -> None:
        """Take ``([version,] shape, type, whether it is in Fortran's order, data)``."""
        shape, dtype, fortran, data = state[-4:]
        self.state = (shape, dtype, bool(fortran), data)


class Index(StandIn):
    """pandas.Index: names."""

    def __init__(self, names: Any = None) -> None:
        self.names = names


class RangeIndex(Index):
    """pandas.RangeIndex: positions, which are no names."""


class Block(StandIn):
    """Columns of a frame that have one type, each a row here."""

    def __init__(self, values: Any = None, places: Any = None, ndim: Any = 2) -> None:
        self.values, self.places = values, places


class Manager(StandIn):
    """pandas' BlockManager."""

    def __init__(self, blocks: Any = (), axes: Any = ()) -> None:
        self.blocks, self.axes = blocks, axes

    def __setstate__(self, state: Any) -> None:
        """Take the state of pandas before 1.3."""
        content = state[3]["0.14.1"]
        self.axes = content["axes"]
        self.blocks = [Block(block["values"], block["mgr_locs"]) for block in content["blocks"]]


class DataFrame(StandIn):
    """pandas.DataFrame, made by its manager or by calling it."""

    def __init__(self, values: Any = None, index: Any = None, columns: Any = None) -> None:
        self.manager: Any = Manager([Block(values)], [columns, index]) if values is not None else None
        self.transposed = values is not None

    def __setstate__(self, state: Any) -> None:
        """Take the manager."""
        self.manager = state["_mgr"] if "_mgr" in state else state["_data"]
        self.transposed = False


class Object(StandIn):
    """Python's ``object``, which protocols 0 and 1 name as the base of a class."""


def reconstructor(kind: Any, base: Any, state: Any) -> StandIn:
    """Stand in for ``copyreg._reconstructor``, which makes what BUILD fills in protocols 0 and 1."""
    if not (isinstance(kind, type) and issubclass(kind, StandIn)) or base is not Object or state is not None:
        raise InputError("an object of another class", expected="numpy arrays and pandas frames alone")
    return kind()


def reconstruct(kind: Any, shape: Any, code: Any) -> Array:
    """Stand in for numpy's ``_reconstruct``, which makes an empty array that BUILD fills."""
    if kind is not Array:
        raise InputError("an array of another class", expected="numpy.ndarray")
    return Array()


def from_buffer(data: Any, dtype: Any, shape: Any, order: Any) -> Array:
    """Stand in for numpy's ``_frombuffer``."""
    array = Array()
    array.__setstate__((shape, dtype, order == "F", data))
    return array


def scalar(dtype: Any, data: Any = b"") -> Any:
    """Stand in for numpy's ``scalar``: return a plain number."""
    if not isinstance(dtype, Dtype) or dtype.holds_objects:
        raise InputError("a scalar of another type", expected="a plain number")
    data = data.encode("latin1") if isinstance(data, str) else data
    values: npt.NDArray[Any] = np.frombuffer(data, dtype.to_numpy(), count=1)
    return values[0].item()


def no_bytes() -> bytes:
    """Stand in for ``bytes``, which old protocols call for empty arrays."""
    return b""


def new_index(kind: Any, content: Any) -> Index:
    """Stand in for pandas' ``_new_Index``."""
    return RangeIndex() if kind is RangeIndex else Index(content["data"])


def new_slice(*ends: Any) -> slice:
    """Stand in for ``slice``: of integers alone."""
    if not all(end is None or type(end) is int for end in ends):
        raise InputError("a slice of something else than integers")
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
"""Names of numpy's that a pickle may ask for, and what stands in for them."""

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
"""Names of pandas' likewise."""
