"""Write pickles for published code; this package writes no others.

They use the names of numpy before 2.0, which newer versions still know, and store a frame as a call of
``pandas.DataFrame``, so that old and new versions of both libraries can load them.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

START, STOP = b"\x80\x02", b"."
"""First and last opcodes of protocol 2."""


def pickled_arrays(content: Any) -> bytes:
    """Return the pickle of a numpy array, or of a dict of arrays, as bytes."""
    written = pickle.dumps(content, protocol=2)
    return written.replace(b"cnumpy._core.multiarray\n_reconstruct\n", b"cnumpy.core.multiarray\n_reconstruct\n", 1)


def pickled_frame(values: npt.NDArray[Any], names: Sequence[str]) -> bytes:
    """Return the pickle of a pandas frame with the same names for rows and columns, as bytes."""
    arguments = pickled_arrays((values, list(names), list(names))).removeprefix(START).removesuffix(STOP)
    return START + b"cpandas.core.frame\nDataFrame\n" + arguments + b"R" + STOP
