"""Write and read the annotations of aligned faces as a Parquet table."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gcnlabel.annotations import Annotations, read_table
from gcnlabel.errors import InputError, shorten
from gcnlabel.files import atomic_write
from gcnlabel.tasks import TaskSet

IMAGE, SPLIT = "image", "split"


def face_table(annotations: Annotations) -> pl.DataFrame:
    """Return a table: ``image``, ``split``, then one column per categorical task, tag and dimension.

    Raises:
        InputError: Two labels or tasks have the same column name.

    Example:
        >>> from gcnlabel.faces import face_tasks
        >>> targets = {"expression": [1, -1], "affect": [[0.5, float("nan")], [0, 1]]}
        >>> face_table(Annotations(face_tasks(), targets, split=["train"] * 2, ids=["a.jpg", "b.jpg"])).rows()
        [('a.jpg', 'train', 'happy', 0.5, None), ('b.jpg', 'train', None, 0.0, 1.0)]
    """
    columns = [pl.Series(IMAGE, annotations.ids), pl.Series(SPLIT, annotations.split)]
    for task in annotations.tasks:
        for column, cells in task.cells(annotations.targets[task.name]).items():
            is_text = cells.dtype == object
            columns.append(
                pl.Series(column, cells, dtype=pl.String) if is_text else pl.Series(column, cells).fill_nan(None)
            )
    names = [column.name for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"duplicate columns: {shorten(twice)}", fix="rename the task or label")
    return pl.DataFrame(columns)


def write_face_table(annotations: Annotations, path: Path) -> None:
    """Write the table, replacing an earlier one."""
    table = face_table(annotations)
    with atomic_write(path, overwrite=True) as temporary:
        table.write_parquet(temporary)


def read_face_table(path: Path, tasks: TaskSet) -> Annotations:
    """Return the annotations of a table.

    Raises:
        InputError: The file is missing, not Parquet, or lacks the tasks.
    """
    return read_table(path, tasks, split_column=SPLIT, id_column=IMAGE)
