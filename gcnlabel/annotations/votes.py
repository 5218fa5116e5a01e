"""Read annotators' votes for each class into a distribution over the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.annotations.advice import of_bad_number
from gcnlabel.annotations.cells import Cells
from gcnlabel.tasks import Task

Array = npt.NDArray[Any]


def read_votes(task: Task, cells: Cells) -> Array:
    """Return the share of each class, float64 [N, classes], rows that sum to 1; NaN in rows without any vote.

    Raises:
        InputError: A column is missing, a cell is no number of 0 or more, or only some cells of a row are empty.
    """
    votes = np.stack([_counts(task, label, cells) for label in task.labels], axis=1)
    missing = np.isnan(votes)
    partly = np.flatnonzero(missing.any(1) & ~missing.all(1))
    if len(partly):
        row = int(partly[0])
        name = task.source.column_of(task.labels[int(missing[row].argmax())])
        raise cells.error(
            row, name, "no number of votes, beside those of other classes", expected="0 where there are none"
        )
    votes = votes / np.maximum(votes.max(1, keepdims=True), 1)  # no sum of them is infinite
    total = votes.sum(1, keepdims=True)
    return np.divide(votes, total, out=np.full_like(votes, np.nan), where=total > 0)


def _counts(task: Task, label: str, cells: Cells) -> Array:
    name = task.source.column_of(label)
    text = cells.text(name, task.source.missing)
    votes = text.cast(pl.Float64, strict=False)
    bad = (text.is_not_null() & ~((votes >= 0) & votes.is_finite()).fill_null(False)).arg_true()
    if len(bad):
        given = text[int(bad[0])]
        fix = of_bad_number(given, finite=False, decimal=cells.decimal)
        raise cells.error(int(bad[0]), name, f"{given!r} votes", expected="a number of 0 or more, or missing", fix=fix)
    return votes.fill_null(float("nan")).to_numpy()
