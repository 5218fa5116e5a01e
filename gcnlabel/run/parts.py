"""What the data of a run consists of: annotations and inputs of its three parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.run.splitting import Rows, write_split
from gcnlabel.tasks import TaskSet


@dataclass(frozen=True)
class Part:
    """Annotations of one part of the data and the inputs that belong to them, row by row.

    Attributes:
        annotations: Targets of N samples.
        inputs: Features [N, D], or images uint8 [N, C, H, W].
        measured: Raw graphs of the annotations, so that each is measured once.
    """

    annotations: Annotations
    inputs: Any
    measured: dict[str, LabelGraph] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check that inputs and annotations have the same rows."""
        if len(self.inputs) != len(self.annotations):
            raise InputError(
                f"{len(self.inputs)} rows of inputs", expected=f"{len(self.annotations)}, one a row of the annotations"
            )

    def select(self, rows: Any) -> Part:
        """Return some of the samples; images on disk are not read."""
        inputs = self.inputs.select(rows) if isinstance(self.inputs, LazyImages) else self.inputs[rows]
        return Part(self.annotations.select(rows), inputs)


@dataclass(frozen=True)
class RunData:
    """The three parts of the data.

    Attributes:
        tasks: Tasks that are annotated.
        parts: ``train``, ``val`` and ``test``.
        note: What every report on this data must say, or None.
        rows: What became of every row that was read.
        drawn: All annotations and the rows of each split, where they were drawn by fractions.
    """

    tasks: TaskSet
    parts: dict[str, Part]
    note: str | None = None
    rows: RowReport = field(default_factory=RowReport)
    drawn: tuple[Annotations, dict[str, Rows]] | None = None

    def keep_split(self, path: Path) -> None:
        """Write the split to a file where it was drawn."""
        if self.drawn is not None:
            write_split(path, *self.drawn)

    def of_tasks(self, names: Sequence[str]) -> RunData:
        """Return the data with some of its tasks alone."""
        tasks = TaskSet([self.tasks[name] for name in names])
        parts = {name: Part(part.annotations.of_tasks(tasks), part.inputs) for name, part in self.parts.items()}
        return replace(self, tasks=tasks, parts=parts)
