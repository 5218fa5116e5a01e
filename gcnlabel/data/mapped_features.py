"""Features in a file, read from disk row by row on demand."""

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
"""Number of values per portion when all rows are read: 4 MiB as float32."""
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"} | {
    f"{c}{8 * n}": f"<{c.lower()}{n}" for c in "IU" for n in (1, 2, 4, 8)
}
"""Types of safetensors -> types of NumPy."""


class MappedFeatures(OnDemand):
    """Features [N, D] of a file that is mapped into memory for each batch; an index gives float32 rows.

    The file is unmapped after each batch, so that the pages of earlier batches do not count as memory of the process.

    Args:
        path: The file.
        dtype: Type of the stored numbers.
        shape: (N, D).
        offset: Position of the first number in the file, in bytes.
        order: Memory layout, ``C`` (row-major) or ``F`` (column-major).
    """

    ndim = 2
    dtype = np.dtype(np.float32)

    def __init__(self, path: Path, dtype: Any, shape: tuple[int, ...], offset: int, order: Any = "C") -> None:
        super().__init__(shape[0])
        self.path = path
        self._where = {"dtype": np.dtype(dtype), "shape": tuple(shape), "offset": offset, "order": order}

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (N, D) of the selected rows."""
        return len(self), self._where["shape"][1]

    @property
    def stored_dtype(self) -> np.dtype[Any]:
        """Type of the stored numbers."""
        found: np.dtype[Any] = self._where["dtype"]
        return found

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        """Read rows: [D] for an integer, [B, D] for an array of indices, a mask or a slice.

        Raises:
            InputError: The file was removed or truncated.
        """
        try:
            stored: Any = np.memmap(self.path, mode="r", **self._where)
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path} cannot be read any more: {error}") from error
        return np.array(stored[self._picked(rows)], dtype=np.float32)  # a copy, so that the file is unmapped

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """Read all rows."""
        return np.asarray(self[:], dtype=dtype)


def portions_of(features: Any) -> Iterator[Any]:
    """Yield features [N, D], in memory or in a file, in portions of rows.

    Example:
        >>> [len(rows) for rows in portions_of(np.zeros((3, 2**19)))]
        [2, 1]
    """
    rows = max(1, VALUES_AT_ONCE // max(1, features.shape[1]))
    return (features[start : start + rows] for start in range(0, len(features), rows))


def map_npy(path: Path) -> MappedFeatures | None:
    """Return a ``.npy`` file as :class:`MappedFeatures`; None if its array is empty or not two-dimensional.

    Raises:
        ValueError: The file is pickled or damaged.
    """
    stored = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(stored, np.memmap) or stored.ndim != 2 or not stored.size:
        return None
    order = "C" if stored.flags.c_contiguous else "F"
    return MappedFeatures(path, stored.dtype, stored.shape, stored.offset, order)


def map_safetensors(path: Path) -> MappedFeatures | None:
    """Return a ``.safetensors`` file as :class:`MappedFeatures`; None unless it has a single array [N, D] of numbers.

    Raises:
        SafetensorError: The file is damaged.
    """
    with safe_open(path, "numpy") as file:  # checks header, sizes and offsets
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
