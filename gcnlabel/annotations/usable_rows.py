"""Select the usable rows of a data set, and count the others by reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.row_report import KEPT, LEFT_OUT, MASKED, RowCount, RowReport

Array = npt.NDArray[Any]


class UsableRows:
    """Mask of the rows that are kept so far, with a report of the others.

    A row that is left out counts only for the first reason that applies, so that the counts of "left out" and the kept
    rows add up to all rows.

    Args:
        splits: Split of each row read, str [N].
        names: Name of each row, str [N].
        complete_only: Whether a row without one of its targets is left out instead of masked.

    Attributes:
        kept: Which rows are kept, bool [N].
        report: Number of left out, masked and noted rows, by split and reason.

    Example:
        >>> rows = UsableRows(["train"] * 3, ["a", "b", "c"], complete_only=False)
        >>> rows.leave_out("no image", np.array([True, False, False]))
        >>> rows.mask("no valence", np.array([True, True, False]))
        >>> rows.report.reasons(), rows.kept.tolist()
        ({'no image (left out)': 1, 'no valence (masked)': 1}, [False, True, True])
    """

    def __init__(self, splits: npt.ArrayLike, names: npt.ArrayLike, *, complete_only: bool) -> None:
        self._splits, self._codes = np.unique(np.asarray(splits, dtype=str), return_inverse=True)
        self._names = np.asarray(names)
        self.kept: Array = np.ones(len(self._codes), dtype=bool)
        self.report = RowReport()
        self._complete_only = complete_only

    def leave_out(self, reason: str, rows: npt.ArrayLike) -> None:
        """Leave out ``rows``, bool [N], and count them."""
        self._count(LEFT_OUT, reason, rows)
        self.kept &= ~np.asarray(rows, dtype=bool)

    def mask(self, reason: str, rows: npt.ArrayLike) -> None:
        """Count ``rows``, bool [N], that lack a target; with ``complete_only`` they are left out."""
        if self._complete_only:
            self.leave_out(reason, rows)
        else:
            self._count(MASKED, reason, rows)

    def note(self, reason: str, rows: npt.ArrayLike) -> None:
        """Count ``rows``, bool [N], that are used unchanged; ``reason`` says what is unusual about them."""
        self._count(KEPT, reason, rows)

    def _count(self, what: str, reason: str, rows: npt.ArrayLike) -> None:
        counted = np.flatnonzero(np.asarray(rows, dtype=bool) & self.kept)
        codes, first, counts = np.unique(self._codes[counted], return_index=True, return_counts=True)
        self.report += RowReport(
            tuple(
                RowCount(str(self._splits[code]), what, reason, int(count), str(self._names[counted[start]]))
                for code, start, count in zip(codes, first, counts, strict=True)
            )
        )
