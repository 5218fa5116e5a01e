"""Count the rows of annotations that are used, left out or not annotated, as a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.row_report import LEFT_OUT, MASKED, USED, RowCount, RowReport
from gcnlabel.tasks import MISSING_CLASS

RowName = Callable[[int], str]
"""Function from a row's index to its name in messages."""


def used_rows(annotations: Annotations, name: RowName | None = None) -> RowReport:
    """Return a report of all rows as used, by split in order of appearance; ``name`` None names a row by its id.

    Example:
        >>> from gcnlabel.tasks import Categorical, TaskSet
        >>> tasks = TaskSet([Categorical("face", ["sad", "happy"])])
        >>> used_rows(Annotations(tasks, {"face": [0, 1, -1]}, split=["val", "train", "val"])).line()
        'rows: 3 used (val 2, train 1)'
    """
    return counted(annotations, np.arange(len(annotations)), USED, "", name)


def unannotated_rows(annotations: Annotations, name: RowName | None = None) -> RowReport:
    """Return the rows on which a task is not annotated at all; the others of its tasks may be."""
    report = RowReport()
    for task in annotations.tasks:
        target = annotations.targets[task.name]
        if not sparse.issparse(target):
            empty = np.flatnonzero(target == MISSING_CLASS if target.ndim == 1 else np.isnan(target).all(axis=1))
            report += counted(annotations, empty, MASKED, f"{task.name} not annotated", name)
    return report


def left_out(annotations: Annotations, reason: str, rows: Mapping[int, str]) -> RowReport:
    """Return the report of rows that are left out for one reason; ``rows``: row -> what is wrong with it."""
    return counted(annotations, np.array(sorted(rows), dtype=np.int64), LEFT_OUT, reason, None, rows)


def counted(
    annotations: Annotations,
    rows: npt.NDArray[np.int64],
    what: str,
    reason: str,
    name: RowName | None,
    details: Mapping[int, str] | None = None,
) -> RowReport:
    """Return the report of some rows of one status and reason; ``details``: row -> what is special about it."""
    splits: Any = np.full(len(annotations), "all") if annotations.split is None else annotations.split
    names, first, counts = np.unique(splits[rows], return_index=True, return_counts=True)
    called, order = _id_of(annotations) if name is None else name, np.argsort(first)  # splits as they come
    return RowReport(
        tuple(
            RowCount(str(split), what, reason, int(count), called(int(rows[i])), (details or {}).get(int(rows[i]), ""))
            for split, i, count in zip(names[order], first[order], counts[order], strict=True)
        )
    )


def _id_of(annotations: Annotations) -> RowName:
    return lambda row: f"sample {row}" if annotations.ids is None else str(annotations.ids[row])
