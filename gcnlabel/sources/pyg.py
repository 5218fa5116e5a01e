"""A stored data set of PyTorch Geometric, whose graphs hold their targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.data.graph_files import GRAPH_FILES, load_graphs
from gcnlabel.errors import InputError
from gcnlabel.sources.part import Part
from gcnlabel.sources.source import SOURCES, Divided
from gcnlabel.sources.splits import Splits
from gcnlabel.tasks import MISSING_CLASS, Task, TaskSet


@SOURCES.register("pyg")
class StoredDataSet(Divided):
    """A stored data set of PyTorch Geometric, whose graphs hold their targets ``y``.

    The columns of ``y`` are, in this order, those of the tasks that the config declares: one of class indices for a
    categorical task, one a label for others; NaN, and -1 of a class, is not annotated. Graphs whose targets stand in a
    table are named there: ``{source: table, graphs: FILE}``.

    Attributes:
        graphs: File of ``gcnlabel.data.save_graphs`` (.safetensors), or of ``InMemoryDataset.save`` (.pt).
        splits: Fractions.
    """

    source: Literal["pyg"]
    graphs: str
    splits: Splits = Field(default_factory=lambda: Splits(train=0.8, val=0.1, test=0.1))

    @model_validator(mode="after")
    def _drawn(self) -> StoredDataSet:
        if self.splits.fractions is None:
            raise ValueError(
                "splits that have names: stored graphs have none; give fractions, or a table with a column of splits: "
                "data: {source: table, annotations: TABLE, graphs: FILE}"
            )
        return self

    def read(self, tasks: TaskSet | None) -> tuple[Part, RowReport]:
        """Return all graphs with their targets."""
        if tasks is None:
            raise InputError("the config declares no tasks", expected="tasks: a file, or name: {type: ...} for each")
        stored = load_graphs(self.graphs)
        if stored.targets is None:
            raise InputError(
                f"{self.graphs} holds graphs without y",
                fix="data: {source: table, annotations: TABLE, graphs: FILE} takes targets of a table",
            )
        part = Part(Annotations(tasks, targets_of(stored.targets, tasks, self.graphs)), stored.graphs)
        return part, part.report()

    @property
    def new_inputs(self) -> tuple[str, tuple[str, ...]]:
        """What new inputs are, and how their files end, where they are no images."""
        return "graphs", GRAPH_FILES

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return the graphs of a file; targets in it are not looked at."""
        return load_graphs(path).graphs


def targets_of(y: npt.NDArray[np.float64], tasks: TaskSet, where: str) -> dict[str, Any]:
    """Return the targets of each task of the columns of ``y``, [N, columns].

    Raises:
        InputError: The tasks have another number of columns, or a class index is no whole number.
    """
    widths = [1 if task.exclusive else len(task) for task in tasks]
    if sum(widths) != y.shape[1]:
        raise InputError(
            f"y has {y.shape[1]} columns", where=where, expected=f"{sum(widths)}: one a categorical task or other label"
        )
    columns = np.split(y, np.cumsum(widths)[:-1], axis=1)
    return {task.name: _targets(task, of, where) for task, of in zip(tasks, columns, strict=True)}


def _targets(task: Task, columns: npt.NDArray[np.float64], where: str) -> Any:
    if not task.exclusive:
        return columns
    indices = np.where(np.isnan(columns[:, 0]), MISSING_CLASS, columns[:, 0])
    if (odd := np.flatnonzero(indices != np.floor(indices))).size:
        raise InputError(
            f"task {task.name!r}: {indices[odd[0]]:g}", where=f"{where}, graph {odd[0]}", expected="a class index"
        )
    return indices.astype(np.int64)
