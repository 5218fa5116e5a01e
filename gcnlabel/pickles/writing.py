"""Pickles for the published codes: the only ones that this package writes.

Names are those of numpy before 2.0, which newer versions know too, and a frame is a call of ``pandas.DataFrame``: old
and new versions of both load them.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

START, STOP = b"\x80\x02", b"."
"""First and last operation of protocol 2."""


def pickled_arrays(content: Any) -> bytes:
    """Return the pickle of a numpy array, or of a dict of them."""
    written = pickle.dumps(content, protocol=2)
    return written.replace(b"cnumpy._core.multiarray\n_reconstruct\n", b"cnumpy.core.multiarray\n_reconstruct\n", 1)


def pickled_frame(values: npt.NDArray[Any], names: Sequence[str]) -> bytes:
    """Return the pickle of a pandas frame whose rows and columns have the same names."""
    arguments = pickled_arrays((values, list(names), list(names))).removeprefix(START).removesuffix(STOP)
    return START + b"cpandas.core.frame\nDataFrame\n" + arguments + b"R" + STOP
