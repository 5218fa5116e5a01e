"""Arrays in a temporary file instead of in memory."""

from __future__ import annotations

import tempfile
import weakref
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


class SpillFile:
    """A temporary file, created at the first write and removed with its last array, also after errors.

    It is in the folder of :mod:`tempfile` (``TMPDIR``), without a name where the system supports that.

    Example:
        >>> file = SpillFile()
        >>> array = file.write(np.array([3, 5, 8], dtype=np.uint64))
        >>> len(array), array[1:].tolist()
        (3, [5, 8])
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0

    def write(self, array: Words) -> Spilled:
        """Append an array and return it as an array on disk."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="gcnlabel-", buffering=0)  # noqa: SIM115, finalize closes it
            weakref.finalize(self, self._file.close)
        self._file.seek(self._end)
        left = np.ascontiguousarray(array).data.cast("B")
        while left:
            left = left[self._file.write(left) :]
        spilled = Spilled(self, self._end, len(array))
        self._end += array.nbytes
        return spilled

    def read(self, start: int, size: int) -> Words:
        """Return ``size`` numbers from byte ``start`` on."""
        assert self._file is not None
        self._file.seek(start)
        array = np.empty(size, dtype=np.uint64)
        left = array.data.cast("B")
        while left:
            left = left[self._file.readinto(left) :]  # type: ignore[attr-defined]
        return array

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, also in other processes, start a new file."""
        return SpillFile, ()


class Spilled:
    """Array in a :class:`SpillFile`; slices are read into memory. A copy, also in another process, reads all of it."""

    def __init__(self, file: SpillFile, start: int, size: int) -> None:
        self._file, self._start, self._size = file, start, size

    def __len__(self) -> int:
        """Return the length of the array."""
        return self._size

    def __getitem__(self, part: slice) -> Words:
        """Read a slice without steps."""
        first, last, _ = part.indices(self._size)
        return self._file.read(self._start + 8 * first, max(last - first, 0))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as an array in memory."""
        return np.asarray, (self[:],)
