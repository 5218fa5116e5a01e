"""Classes with a column each, of which one is 1 in a row -> class indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.tag_columns import read_tag_columns
from gcnlabel.errors import shorten
from gcnlabel.tasks import MISSING_CLASS, Task

Array = npt.NDArray[Any]


def stands_in_columns(task: Task, cells: Cells) -> bool:
    """Return whether a table has one column per class: declared, or all classes are columns and the task is none."""
    if task.has_column_each() or task.source.column is not None or task.source.codes or cells.has(task.name):
        return task.has_column_each()
    return all(cells.has(label) for label in task.labels)


def read_one_hot(task: Task, cells: Cells) -> Array:
    """Return the class of each row, int64 [N]; it is missing where no column is 1 and one is not annotated.

    Raises:
        InputError: A column is missing, a cell is neither 0 nor 1, or a row has several classes or none.
    """
    values = read_tag_columns(task, cells)
    classes = (values == 1).sum(1)
    missing = (classes == 0) & np.isnan(values).any(1)
    bad = np.flatnonzero((classes != 1) & ~missing)
    if len(bad):
        row = int(bad[0])
        found = [label for label, value in zip(task.labels, values[row], strict=True) if value == 1]
        more = (
            {"fix": "if several can be present at once, make the task multilabel"}
            if found
            else {"fix": "add the class of such rows to the task; if they are not annotated, leave their cells empty"}
        )
        columns = shorten(task.source.column_of(label) for label in task.labels)
        what = f"{len(found) or 'no'} classes in one row ({shorten(found) or 'all are 0'}) of task {task.name!r}"
        raise cells.error(row, columns, what, expected="1 in the column of one class", **more)
    return np.where(missing, MISSING_CLASS, (values == 1).argmax(1)).astype(np.int64)
