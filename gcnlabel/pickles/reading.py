"""Safe reader of pickles of arrays, numbers and text; the error for anything else names it."""

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
"""Globals that a pickle may use -> their stand-ins."""
MAX_BYTES = 256 * 2**20
"""Largest size of a file."""
MAX_STEPS = 2_000_000
"""Largest number of opcodes in a file, which take a few seconds."""
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
"""Admitted opcodes, those that arrays need; persistent ids and extensions are not among them."""
# fmt: on


class _Operations(dict[int, Callable[[Any], None]]):
    """Dispatch table of the admitted opcodes, with a limit on their number."""

    left = MAX_STEPS

    def __getitem__(self, code: int) -> Callable[[Any], None]:
        self.left -= 1
        if self.left < 0:
            raise InputError(f"more than {MAX_STEPS} opcodes", fix="save only the vectors of the labels, as one array")
        if code not in self:
            raise InputError(f"the pickle opcode {chr(code)!r}", expected="only opcodes that arrays need")
        return super().__getitem__(code)


class ArrayUnpickler(pickle._Unpickler):
    """An unpickler that calls only the stand-ins for numpy's and pandas' reconstruction.

    All values on the stack other than plain ones come from :meth:`find_class`, so that only stand-ins can be called.

    Args:
        content: Bytes of the file.
    """

    stack: list[Any]  # this and the next three are attributes of the base class
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
            InputError: The pickle uses another global; the message names it.
        """
        asked = f"{module}.{name}"
        if asked == "_codecs.encode":
            return self.encode
        if asked not in STAND_INS:
            raise InputError(
                f"the pickle uses {asked[:200]}",
                expected="only numpy arrays and pandas frames",
                fix="do not open this file with pickle or pandas, which may run code from it; ask its author for "
                "numpy.save(FILE, array) or frame.to_csv(FILE)",
            )
        return STAND_INS[asked]

    def encode(self, text: Any, codec: Any = "") -> bytes:
        """Return the bytes that old protocols store as latin1 text.

        Raises:
            InputError: The codec is not latin1, or the encoded text is longer than the file.
        """
        if type(text) is not str or codec not in ("latin1", "latin-1"):
            raise InputError(f"the pickle uses the codec {str(codec)[:40]!r}", expected="latin1")
        self._encoded -= len(text)
        if self._encoded < 0:
            raise InputError("the pickle encodes more text than it has")
        return text.encode("latin1")

    def load_build(self) -> None:
        """Set the state of a stand-in; refuse any other object."""
        state = self.stack.pop()
        if not isinstance(self.stack[-1], StandIn):
            raise InputError(f"the pickle changes a {type(self.stack[-1]).__name__}", expected="only arrays")
        self.stack[-1].__setstate__(state)

    def load_newobj(self) -> None:
        """Create a stand-in."""
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
        """Create a dict."""
        items = self.pop_mark()
        self.stack.append({})
        self._set(items)

    def _set(self, items: list[Any]) -> None:
        """Set entries with strings as keys; integers could be chosen to collide, which makes a dict slow."""
        target = self.stack[-1]
        if type(target) is not dict or not all(type(key) is str for key in items[::2]):
            raise InputError("a dict with keys that are not strings", expected="names of labels or arrays")
        target.update(zip(items[::2], items[1::2], strict=True))

    def load_bytearray8(self) -> None:
        """Read bytes up to ``MAX_BYTES``; the base method would allocate any size that the file claims."""
        (size,) = struct.unpack("<Q", self.read(8))
        self.append(bytes(self.read(min(size, MAX_BYTES))))


def read_pickle(path: str | Path) -> Any:
    """Return the content of a pickle, without running code from it: arrays, frames, numbers and text in lists and dicts.

    Tuples become lists, and arrays are read-only. Files of ``torch.save`` are read with ``weights_only=True``.

    Raises:
        InputError: The pickle contains or uses anything else, is too large, or is damaged.
    """
    path = existing_file(path, "pickle")
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path} is larger than {MAX_BYTES >> 20} MiB", fix="save only the arrays of the labels")
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
            f"{path} is not a pickle of arrays, or is damaged: {str(error)[:200] or type(error).__name__}"
        ) from error


def read_arrays(path: str | Path) -> Any:
    """Return the content of a ``.npy`` file or a pickle, see :func:`read_pickle`.

    Raises:
        InputError: It cannot be read, or contains anything else than arrays.
    """
    path = existing_file(path, "file of arrays")
    if path.suffix.lower() != ".npy":
        return read_pickle(path)
    try:
        array: npt.NDArray[Any] = np.load(
            path, allow_pickle=False, mmap_mode="r"
        )  # sizes are checked before memory is allocated
    except Exception as error:  # numpy parses the header as Python literals, which can fail in many ways
        raise InputError(f"{path} is not a complete .npy file of numbers", where=str(error)[:200]) from error
    if array.dtype.kind not in "biuf":
        raise InputError(f"{path} has values of type {array.dtype}", expected="numbers")
    return np.array(array)
