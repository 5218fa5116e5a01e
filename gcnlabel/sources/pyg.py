"""Stored data sets of PyTorch Geometric with targets in the graphs."""

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
from gcnlabel.sources.sample_set import SampleSet
from gcnlabel.sources.source import SOURCES, Divided
from gcnlabel.sources.splits import Splits
from gcnlabel.tasks import MISSING_CLASS, Task, TaskSet


@SOURCES.register("pyg")
class StoredDataSet(Divided):
    """A stored data set of PyTorch Geometric, whose graphs have their targets as ``y``.

    The columns of ``y`` are those of the config's tasks in order: one column of class indices per categorical task, one
    column per label for other tasks. NaN, and class -1, mean not annotated. For graphs with targets in a table, use
    ``{source: table, graphs: FILE}``.

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
                "splits by name: stored graphs have no named splits; give fractions, or a table with a split column: "
                "data: {source: table, annotations: TABLE, graphs: FILE}"
            )
        return self

    def read(self, tasks: TaskSet | None) -> tuple[SampleSet, RowReport]:
        """Return all graphs with their targets."""
        if tasks is None:
            raise InputError("the config declares no tasks", expected="tasks: a file, or name: {type: ...} for each")
        stored = load_graphs(self.graphs)
        if stored.targets is None:
            raise InputError(
                f"the graphs in {self.graphs} have no y",
                fix="for targets in a table: data: {source: table, annotations: TABLE, graphs: FILE}",
            )
        part = SampleSet(Annotations(tasks, targets_of(stored.targets, tasks, self.graphs)), stored.graphs)
        return part, part.report()

    @property
    def new_inputs(self) -> tuple[str, tuple[str, ...]]:
        """Kind of new inputs that are not images, and the suffixes of their files."""
        return "graphs", GRAPH_FILES

    def read_inputs(self, path: str | Path, tasks: TaskSet | None) -> Any:
        """Return the graphs of a file, without their targets."""
        return load_graphs(path).graphs


def targets_of(y: npt.NDArray[np.float64], tasks: TaskSet, where: str) -> dict[str, Any]:
    """Return the targets of each task from ``y`` [N, columns].

    Raises:
        InputError: The tasks need another number of columns, or a class index is not an integer.
    """
    widths = [1 if task.exclusive else len(task) for task in tasks]
    if sum(widths) != y.shape[1]:
        raise InputError(
            f"y has {y.shape[1]} columns",
            where=where,
            expected=f"{sum(widths)}: one per categorical task, one per label of others",
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
