"""Layouts of targets and predictions of several tasks: frames, dicts and arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations import MISSING_CLASS, Annotations, from_frame
from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import Task, TaskSet

Array = npt.NDArray[Any]


class Layout(ABC):
    """A layout, which reads targets and writes predictions."""

    @abstractmethod
    def read(self, y: Any, tasks: TaskSet) -> Annotations:
        """Return the annotations in ``y``."""

    @abstractmethod
    def write(self, values: Mapping[str, Array], tasks: TaskSet, X: Any) -> Any:
        """Return predictions of X, task -> class indices [N] or values [N, labels], in this layout."""


def layout_of(y: Any, values: Mapping[str, Mapping[str, Any]] | None = None) -> Layout:
    """Return the layout of targets: that of a frame, a dict or an array.

    Args:
        y: The targets.
        values: Values of classes in a frame, see :class:`Frame`.

    Raises:
        InputError: There are no targets.
    """
    if y is None:
        raise InputError("requires y to be passed, but the target y is None", expected="a frame, a dict or an array")
    if isinstance(y, Mapping):
        return ByTask()
    return Frame(type(y), values) if hasattr(y, "columns") else Columns(one=np.asarray(y).ndim == 1)


class Frame(Layout):
    """A pandas or polars frame: one column per categorical task, tag and dimension.

    The columns are those of :func:`gcnlabel.annotations.from_frame`, with class names, and empty cells for missing.

    Args:
        make: Class of the returned frames.
        values: Task -> class name -> its value in the frame, if they differ.
    """

    def __init__(self, make: type, values: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.make = make
        self.values = values or {}

    def read(self, y: Any, tasks: TaskSet) -> Annotations:
        """Return the annotations of a frame."""
        return from_frame(y, tasks, where="y")

    def write(self, values: Mapping[str, Array], tasks: TaskSet, X: Any) -> Any:
        """Return a frame with one column per categorical task, tag and dimension, and the index of X if it has one."""
        columns: dict[str, Array] = {}
        for task in tasks:
            shown = self.values.get(task.name)
            for column, cells in task.cells(values[task.name]).items():
                columns[column] = np.array([shown.get(cell, cell) for cell in cells], dtype=object) if shown else cells
        frame = self.make(columns)
        if hasattr(X, "iloc") and hasattr(frame, "iloc"):
            frame.index = X.index
        return frame


class ByTask(Layout):
    """A dict: task -> class names [N] (None or NaN: missing), or values [N, labels] (NaN: missing)."""

    def read(self, y: Any, tasks: TaskSet) -> Annotations:
        """Return the annotations of a dict."""
        if set(y) != set(tasks.names):
            raise InputError(f"targets for {shorten(y)}", expected=f"targets for {shorten(tasks.names)}")
        return Annotations(
            tasks, {task.name: _codes(task, y[task.name]) if task.exclusive else y[task.name] for task in tasks}
        )

    def write(self, values: Mapping[str, Array], tasks: TaskSet, X: Any) -> Any:
        """Return a dict, classes as names."""
        return {t.name: _names(t, values[t.name]) if t.exclusive else values[t.name] for t in tasks}


class Columns(Layout):
    """An array of numbers [N, columns], NaN where one is missing, in the order of the tasks.

    A categorical task has one column, of class indices; every tag and dimension has its own.

    Args:
        one: Whether a single column is a vector [N].
    """

    def __init__(self, one: bool) -> None:
        self.one = one

    def read(self, y: Any, tasks: TaskSet) -> Annotations:
        """Return the annotations of an array."""
        table = np.asarray(y, dtype=np.float64)
        table = table[:, None] if table.ndim == 1 else table
        sizes = [1 if task.exclusive else len(task) for task in tasks]
        if table.ndim != 2 or table.shape[1] != sum(sizes):
            raise InputError(
                f"y of shape {list(table.shape)}",
                expected=f"[N, {sum(sizes)}]: one column per categorical task, tag and dimension of {tasks!r}",
            )
        parts = np.split(table, np.cumsum(sizes)[:-1], axis=1)
        pairs = zip(tasks, parts, strict=True)
        return Annotations(tasks, {t.name: _indices(t, part[:, 0]) if t.exclusive else part for t, part in pairs})

    def write(self, values: Mapping[str, Array], tasks: TaskSet, X: Any) -> Any:
        """Return an array of float64."""
        table = np.column_stack([values[task.name] for task in tasks]).astype(np.float64)
        return table[:, 0] if self.one else table


def _names(task: Task, codes: Array) -> Array:
    return np.array(task.labels, dtype=object)[codes]


def _codes(task: Task, names: Any) -> Array:
    place = {label: i for i, label in enumerate(task.labels)}
    codes = np.empty(len(names), dtype=np.int64)
    for row, name in enumerate(names):
        missing = name is None or name != name  # NaN
        if not missing and name not in place:
            raise InputError(
                f"task {task.name!r}: unknown class {name!r}", where=f"sample {row}", expected=shorten(task.labels)
            )
        codes[row] = MISSING_CLASS if missing else place[name]
    return codes


def _indices(task: Task, column: Array) -> Array:
    known = np.where(np.isnan(column), MISSING_CLASS, column)
    if not (known == np.floor(known)).all() or np.isinf(known).any():
        raise InputError(
            f"task {task.name!r}: numbers that are not class indices", expected=f"0 to {len(task) - 1}, or NaN"
        )
    return known.astype(np.int64)
