"""Stand-ins for pandas' arrays of text, which store the names of rows and columns since pandas 3.

Like all stand-ins they only record their arguments; :func:`texts` makes strings from them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from gcnlabel.errors import InputError
from gcnlabel.pickles.stand_ins import Array, StandIn

OFFSETS = {"string": "<i4", "large_string": "<i8"}
"""Arrow's text types -> the numpy type of their offsets."""


class ArrowText(StandIn):
    """Stand-in for a pyarrow.Array of text, from ``_restore_array(type, length, missing, offset, buffers, ...)``."""

    def __init__(self, state: Any) -> None:
        self.kind, self.length, self.missing, self.offset, self.buffers = state[:5]


class TextArray(StandIn):
    """Stand-in for pandas' StringArray and ArrowStringArray."""

    def __init__(self) -> None:
        self.content: Any = None

    def __setstate__(self, state: Any) -> None:
        """Record ``{"_pa_array": ...}``, or a tuple of an array and its type."""
        found = [state.get("_pa_array")] if isinstance(state, dict) else state
        self.content = next((item for item in found if isinstance(item, ArrowText | Array)), None)


class TextType(StandIn):
    """Stand-in for pandas.StringDtype, whose state is not needed."""

    def __init__(self, *_: Any) -> None:
        """Ignore all arguments."""


class NotAvailable(StandIn):
    """Stand-in for pandas.NA, the missing value of pandas' text type."""


def new_text(kind: Any, *_: Any) -> TextArray:
    """Stand-in for Cython's constructor of a StringArray: return a text array."""
    if kind is not TextArray:
        raise InputError("an array of another class", expected="pandas.arrays.StringArray")
    return TextArray()


def text_kind(name: Any) -> Any:
    """Stand-in for pyarrow's ``type_for_alias``: return the alias."""
    return name


def buffer(data: Any, codec: Any = None) -> Any:
    """Stand-in for ``bytearray`` and pyarrow's ``py_buffer``: return bytes, decoded from text in old protocols."""
    return data.encode("latin1") if isinstance(data, str) and codec in ("latin1", "latin-1") else data


def texts(text: ArrowText) -> list[str]:
    """Return the strings of a text array.

    Raises:
        InputError: A string is missing, or the buffers are inconsistent.
    """
    numbers = (text.length, text.missing, text.offset)
    if type(text.buffers) is not list or len(text.buffers) != 3 or any(type(n) is not int or n < 0 for n in numbers):
        raise InputError("an array of text without content")
    _, starts, data = text.buffers
    kind = OFFSETS.get(text.kind) if isinstance(text.kind, str) else None
    if kind is None or text.missing or type(starts) is not bytes or type(data) not in (bytes, type(None)):
        raise InputError("an array of text with missing values or of another type", expected="names")
    try:
        places = np.frombuffer(starts, kind)[text.offset : text.offset + text.length + 1]
        found = [(data or b"")[a:b].decode() for a, b in pairwise(places.tolist())]
    except ValueError as error:
        raise InputError(f"an array of text that cannot be read: {error}") from error
    whole = len(places) == text.length + 1 and (np.diff(places) >= 0).all() and places[0] >= 0
    if not whole or places[-1] > len(data or b""):
        raise InputError("an array of text that is longer than its data")
    return found


TEXTS = {
    **{f"pandas.{place}.ArrowStringArray": TextArray for place in ("arrays", "core.arrays.string_arrow")},
    **{f"pandas.{place}.StringArray": TextArray for place in ("arrays", "core.arrays.string_")},
    "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked": new_text,
    **{f"pandas.{place}StringDtype": TextType for place in ("", "core.arrays.string_.")},
    **{f"pandas.{place}NA": NotAvailable for place in ("", "_libs.missing.")},
    "pyarrow.lib._restore_array": ArrowText,
    "pyarrow.lib.type_for_alias": text_kind,
    "pyarrow.lib.py_buffer": buffer,
    "builtins.bytearray": buffer,
    "__builtin__.bytearray": buffer,
}
"""Globals that a pickle of text arrays may use -> their stand-ins."""
