"""Which rows of a data set can be used, and how many cannot, by reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class UsableRows:
    """Rows that are kept so far; nothing leaves without its reason being counted.

    A row that is left out counts for the first reason that applies, so that the counts of "left out" and the kept rows
    add up to all rows.

    Args:
        count: Number of rows read.
        complete_only: Whether a row that misses one of its targets is left out instead of masked.

    Attributes:
        kept: Which rows are kept, bool [N].
        reasons: Reason to number of rows.

    Example:
        >>> rows = UsableRows(3, complete_only=False)
        >>> rows.leave_out("no image", np.array([True, False, False]))
        >>> rows.mask("no valence", np.array([True, True, False]))
        >>> rows.reasons, rows.kept.tolist()
        ({'no image (left out)': 1, 'no valence (masked)': 1}, [False, True, True])
    """

    def __init__(self, count: int, *, complete_only: bool) -> None:
        self.kept: Array = np.ones(count, dtype=bool)
        self.reasons: dict[str, int] = {}
        self._complete_only = complete_only

    def leave_out(self, reason: str, rows: npt.ArrayLike) -> None:
        """Drop ``rows``, bool [N]."""
        self._count(f"{reason} (left out)", rows)
        self.kept &= ~np.asarray(rows, dtype=bool)

    def mask(self, reason: str, rows: npt.ArrayLike) -> None:
        """Count rows that miss one target; they are dropped where only complete rows are wanted."""
        if self._complete_only:
            self.leave_out(reason, rows)
        else:
            self._count(f"{reason} (masked)", rows)

    def note(self, reason: str, rows: npt.ArrayLike) -> None:
        """Count rows that stay as they are; the reason says what is odd about them."""
        self._count(f"{reason} (kept)", rows)

    def _count(self, reason: str, rows: npt.ArrayLike) -> None:
        number = int(np.count_nonzero(np.asarray(rows, dtype=bool) & self.kept))
        if number:
            self.reasons[reason] = self.reasons.get(reason, 0) + number
