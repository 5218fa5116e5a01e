"""The data of a run: its three parts, and what was decided on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.signature import Signature
from gcnlabel.run.splitting import write_split
from gcnlabel.sources.part import Part as Part
from gcnlabel.sources.splits import Rows
from gcnlabel.tasks import TaskSet


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

    @property
    def signature(self) -> Signature:
        """Tasks and size of the inputs."""
        return Signature(self.tasks, tuple(self.parts["train"].inputs.shape[1:]))

    def keep_in(self, folder: RunFolder) -> None:
        """Write what a run keeps of its data: what became of every row, tasks, size of the inputs, a drawn split."""
        self.rows.save(folder.rows)
        self.signature.save(folder.signature)
        if self.drawn is not None:
            write_split(folder.split, *self.drawn)

    def of_tasks(self, names: Sequence[str]) -> RunData:
        """Return the data with some of its tasks alone."""
        tasks = TaskSet([self.tasks[name] for name in names])
        parts = {name: Part(part.annotations.of_tasks(tasks), part.inputs) for name, part in self.parts.items()}
        return replace(self, tasks=tasks, parts=parts)
