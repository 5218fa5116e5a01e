"""A reader of pickles of arrays, numbers and text; anything else that a file asks for is refused, with its name."""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError
from gcnlabel.files import existing_file
from gcnlabel.pickles.content import ArrayContent
from gcnlabel.pickles.stand_ins import NUMPY, PANDAS, StandIn
from gcnlabel.pickles.text_arrays import TEXTS
from gcnlabel.pickles.torch_files import TorchContent, is_torch_file, load_torch

STAND_INS = NUMPY | PANDAS | TEXTS
"""Names that a pickle may ask for -> their stand-ins."""
MAX_BYTES = 256 * 2**20
"""Largest size of a file."""
MAX_STEPS = 2_000_000
"""Largest number of operations in a file, which take a few seconds."""
# fmt: off
ADMITTED = (
    "MARK", "STOP", "POP", "POP_MARK", "DUP", "PROTO", "FRAME",
    "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4",
    "FLOAT", "BINFLOAT", "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE",
    "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
    "EMPTY_LIST", "LIST", "APPEND", "APPENDS", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3",
    "EMPTY_DICT", "DICT", "SETITEM", "SETITEMS",
    "GET", "BINGET", "LONG_BINGET", "PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE",
    "GLOBAL", "STACK_GLOBAL", "REDUCE", "NEWOBJ", "BUILD",
)
"""Operations that arrays need; persistent ids, extensions and the rest are not among them."""
# fmt: on


class _Operations(dict[int, Callable[[Any], None]]):
    """The admitted operations, counted."""

    left = MAX_STEPS

    def __getitem__(self, code: int) -> Callable[[Any], None]:
        self.left -= 1
        if self.left < 0:
            raise InputError(f"more than {MAX_STEPS} operations", fix="keep the labels' vectors alone, as one array")
        if code not in self:
            raise InputError(f"the operation {chr(code)!r} of pickle", expected="those that arrays need")
        return super().__getitem__(code)


class ArrayUnpickler(pickle._Unpickler):
    """An unpickler that calls nothing but the stand-ins of numpy's and pandas' reconstruction.

    All values on the stack other than plain ones come from :meth:`find_class`, so that only stand-ins can be called.

    Args:
        content: The file.
    """

    stack: list[Any]  # what follows is the base class's own
    read: Callable[[int], bytes]
    append: Callable[[Any], None]
    pop_mark: Callable[[], list[Any]]

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="latin1")
        codes = {getattr(pickle, name)[0]: name for name in ADMITTED}
        functions = {code: pickle._Unpickler.dispatch[code] for code in codes}
        for name in ("BUILD", "NEWOBJ", "SETITEM", "SETITEMS", "DICT", "BYTEARRAY8"):
            functions[getattr(pickle, name)[0]] = getattr(type(self), f"load_{name.lower()}")
        self.dispatch = _Operations(functions)  # type: ignore[misc]
        self._encoded = len(content)

    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in for a global that rebuilds arrays.

        Raises:
            InputError: The pickle asks for anything else; it is named.
        """
        asked = f"{module}.{name}"
        if asked == "_codecs.encode":
            return self.encode
        if asked not in STAND_INS:
            raise InputError(
                f"the pickle asks for {asked[:200]}",
                expected="numpy arrays and pandas frames alone",
                fix="do not open this file with anything that runs pickles; where it was made, save the numbers: "
                "numpy.save(FILE, array), or frame.to_csv(FILE)",
            )
        return STAND_INS[asked]

    def encode(self, text: Any, codec: Any = "") -> bytes:
        """Return the bytes that old protocols store as text, only with latin1.

        Raises:
            InputError: Another codec is named, or more is encoded than the file holds.
        """
        if type(text) is not str or codec not in ("latin1", "latin-1"):
            raise InputError(f"the pickle asks for the codec {str(codec)[:40]!r}", expected="latin1")
        self._encoded -= len(text)
        if self._encoded < 0:
            raise InputError("the pickle encodes more text than it holds")
        return text.encode("latin1")

    def load_build(self) -> None:
        """Give a stand-in its state: classes and other values have none."""
        state = self.stack.pop()
        if not isinstance(self.stack[-1], StandIn):
            raise InputError(f"the pickle changes a {type(self.stack[-1]).__name__}", expected="arrays alone")
        self.stack[-1].__setstate__(state)

    def load_newobj(self) -> None:
        """Make a stand-in."""
        arguments = self.stack.pop()
        self.stack.append(self.stack.pop()(*arguments))

    def load_setitem(self) -> None:
        """Set one entry of a dict."""
        value = self.stack.pop()
        key = self.stack.pop()
        self._set([key, value])

    def load_setitems(self) -> None:
        """Set entries of a dict."""
        self._set(self.pop_mark())

    def load_dict(self) -> None:
        """Make a dict."""
        items = self.pop_mark()
        self.stack.append({})
        self._set(items)

    def _set(self, items: list[Any]) -> None:
        """Accept only names as keys: numbers can be chosen so that a dict becomes slow."""
        target = self.stack[-1]
        if type(target) is not dict or not all(type(key) is str for key in items[::2]):
            raise InputError("a dict whose keys are no names", expected="names of labels or arrays")
        target.update(zip(items[::2], items[1::2], strict=True))

    def load_bytearray8(self) -> None:
        """Read bytes; Python's own method allocates the size that the file claims."""
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytes(self.read(min(size, MAX_BYTES))))


def read_pickle(path: str | Path) -> Any:
    """Return what a published pickle holds: arrays, frames, numbers and text, in lists and dicts.

    A tuple is a list, an array is read-only. Files of ``torch.save`` are read too, with ``weights_only=True``.

    Raises:
        InputError: It holds something else, asks for something else, is too large, or is damaged.
    """
    path = existing_file(path, "pickle")
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path} is larger than {MAX_BYTES >> 20} MiB", fix="keep the labels' arrays alone")
    try:
        if is_torch_file(path):
            return TorchContent(path.stat().st_size).plain(load_torch(path))
        content = path.read_bytes()
        return ArrayContent(len(content)).plain(ArrayUnpickler(content).load())
    except InputError as error:
        raise error if str(error).startswith(str(path)) else InputError(f"{path} is refused: {error}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except (Exception, MemoryError) as error:
        raise InputError(
            f"{path} is no pickle of arrays, or is damaged: {str(error)[:200] or type(error).__name__}"
        ) from error


def read_arrays(path: str | Path) -> Any:
    """Return what a ``.npy`` file or a pickle holds; see :func:`read_pickle`.

    Raises:
        InputError: It cannot be read, or holds something else than arrays.
    """
    path = existing_file(path, "file of arrays")
    if path.suffix.lower() != ".npy":
        return read_pickle(path)
    try:
        array: npt.NDArray[Any] = np.load(
            path, allow_pickle=False, mmap_mode="r"
        )  # sizes are checked before memory is allocated
    except Exception as error:  # numpy reads the header as Python's literals: they fail in many ways
        raise InputError(f"{path} is no whole .npy file of numbers", where=str(error)[:200]) from error
    if array.dtype.kind not in "biuf":
        raise InputError(f"{path} holds values of type {array.dtype}", expected="numbers")
    return np.array(array)
