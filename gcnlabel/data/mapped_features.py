"""Features in a file, of which only the rows that are asked for are read."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from gcnlabel.data.on_demand import OnDemand
from gcnlabel.errors import InputError

VALUES_AT_ONCE = 2**20
"""Values that are read together where all rows are gone through: 4 MiB in single precision."""
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"} | {
    f"{c}{8 * n}": f"<{c.lower()}{n}" for c in "IU" for n in (1, 2, 4, 8)
}
"""Types of safetensors that NumPy has."""


class MappedFeatures(OnDemand):
    """Features [N, D] of a file that is mapped into memory for each batch; an index gives float32 rows.

    Nothing stays mapped between batches, so that a process holds what it works on and not what it has seen.

    Args:
        path: The file.
        dtype: Type of its numbers.
        shape: (N, D).
        offset: Byte at which they begin.
        order: ``C``, row after row, or ``F``, column after column.
    """

    ndim = 2
    dtype = np.dtype(np.float32)

    def __init__(self, path: Path, dtype: Any, shape: tuple[int, ...], offset: int, order: Any = "C") -> None:
        super().__init__(shape[0])
        self.path = path
        self._where = {"dtype": np.dtype(dtype), "shape": tuple(shape), "offset": offset, "order": order}

    @property
    def shape(self) -> tuple[int, int]:
        """(N, D) of the rows that are selected."""
        return len(self), self._where["shape"][1]

    @property
    def stored_dtype(self) -> np.dtype[Any]:
        """Type of the numbers in the file."""
        found: np.dtype[Any] = self._where["dtype"]
        return found

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        """Read rows: [D] for an integer, [B, D] for an array of indices, a mask or a slice.

        Raises:
            InputError: The file is gone, or shorter than it was.
        """
        try:
            stored: Any = np.memmap(self.path, mode="r", **self._where)
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path} cannot be read any more: {error}") from error
        return np.array(stored[self._picked(rows)], dtype=np.float32)  # a copy: the file is let go of

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """Read all rows, for those who need them together."""
        return np.asarray(self[:], dtype=dtype)


def portions_of(features: Any) -> Iterator[Any]:
    """Yield the rows of features [N, D], in memory or in a file, a few after another.

    Example:
        >>> [len(rows) for rows in portions_of(np.zeros((3, 2**19)))]
        [2, 1]
    """
    rows = max(1, VALUES_AT_ONCE // max(1, features.shape[1]))
    return (features[start : start + rows] for start in range(0, len(features), rows))


def map_npy(path: Path) -> MappedFeatures | None:
    """Return the array of a ``.npy`` file, None where it has no two dimensions or no value.

    Raises:
        ValueError: The file is pickled or damaged.
    """
    stored = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(stored, np.memmap) or stored.ndim != 2 or not stored.size:
        return None
    order = "C" if stored.flags.c_contiguous else "F"
    return MappedFeatures(path, stored.dtype, stored.shape, stored.offset, order)


def map_safetensors(path: Path) -> MappedFeatures | None:
    """Return the one array of a ``.safetensors`` file, None where it holds another number of them or another kind.

    Raises:
        SafetensorError: The file is damaged.
    """
    with safe_open(path, "numpy") as file:  # which checks the header, sizes and offsets
        names = list(file.keys())
        if len(names) != 1:
            return None
        described = file.get_slice(names[0])
        shape, kind = described.get_shape(), described.get_dtype()
    if len(shape) != 2 or 0 in shape or kind not in DTYPES:
        return None
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        start = json.loads(file.read(length))[names[0]]["data_offsets"][0]
    return MappedFeatures(path, DTYPES[kind], tuple(shape), 8 + length + start)
