"""Find numbers of dimensions that look like codes for missing values: -9, -99, 999, ... far from all others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.counted_rows import RowName, counted
from gcnlabel.annotations.row_report import KEPT, RowReport

CODES = [-(10.0**digits) + 1 for digits in range(1, 11)] + [10.0**digits - 1 for digits in range(2, 11)]
"""Numbers that data sets often use as codes."""

MIN_ROWS = 2
"""Smallest number of rows of a code; a value that occurs once is an outlier."""


def number_codes(values: npt.NDArray[np.float64]) -> list[float]:
    """Return the values that look like codes for missing values.

    They consist of the digit 9 and occur at least twice; negative ones are beside no other negative value, and positive
    ones beside no other value above half of them.

    Args:
        values: Values of one dimension, [N], NaN where not annotated.

    Example:
        >>> number_codes(np.array([31.0, 45.5, 999, 999, -9, -9, np.nan]))
        [-9.0, 999.0]
        >>> number_codes(np.array([97.0, 98, 99, 99])), number_codes(np.array([-9.0, -9, -8, 1]))
        ([], [])
    """
    found, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    coded = np.isin(found, CODES)
    rest = found[~coded]
    if not len(rest):
        return []
    low, high = float(rest.min()), float(rest.max())
    far = np.where(found < 0, low >= 0, high < found / 2)
    return [float(value) for value in found[coded & far & (counts >= MIN_ROWS)]]


def coded_rows(annotations: Annotations, name: RowName | None = None) -> RowReport:
    """Return the rows in which a dimension has such a value; they are used as they are."""
    report = RowReport()
    for task in annotations.tasks:
        if task.discrete:
            continue
        for dim, values in zip(task.labels, annotations.targets[task.name].T, strict=True):
            for code in number_codes(values):
                given = f"{code:.0f}"
                reason = (
                    f"{dim} is {given} (if that means 'not annotated', add it to missing: [{given}] of {task.name})"
                )
                report += counted(annotations, np.flatnonzero(values == code), KEPT, reason, name)
    return report
