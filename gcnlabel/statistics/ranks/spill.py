"""Arrays that wait in a temporary file instead of in memory."""

from __future__ import annotations

import tempfile
import weakref
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


class SpillFile:
    """A temporary file, made when it is first written to and gone with the last of its arrays, whatever happens.

    It has no name where the system allows that, and lies where :mod:`tempfile` puts files: ``TMPDIR`` says where.

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
        """Write an array at the end and return it as it lies there."""
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
        """Copies and what other processes receive begin a file of their own."""
        return SpillFile, ()


class Spilled:
    """Part of a :class:`SpillFile`; a slice of it is read into memory. Copied or sent elsewhere, all of it is."""

    def __init__(self, file: SpillFile, start: int, size: int) -> None:
        self._file, self._start, self._size = file, start, size

    def __len__(self) -> int:
        """Return the number of numbers."""
        return self._size

    def __getitem__(self, part: slice) -> Words:
        """Read a slice without steps."""
        first, last, _ = part.indices(self._size)
        return self._file.read(self._start + 8 * first, max(last - first, 0))

    def __reduce__(self) -> tuple[Any, ...]:
        """Become an array in memory."""
        return np.asarray, (self[:],)
