"""The data of a run: its three splits, and the report of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.row_report import RowReport
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.signature import Signature
from gcnlabel.run.splitting import write_split
from gcnlabel.sources.sample_set import SampleSet as SampleSet
from gcnlabel.sources.splits import Rows
from gcnlabel.tasks import TaskSet


@dataclass(frozen=True)
class RunData:
    """The three splits of the data.

    Attributes:
        tasks: The annotated tasks.
        parts: Samples of ``train``, ``val`` and ``test``.
        note: A note for every report on this data, or None.
        rows: Report of the rows that were read.
        drawn: All annotations and the rows of each split, for random splits by fractions.
    """

    tasks: TaskSet
    parts: dict[str, SampleSet]
    note: str | None = None
    rows: RowReport = field(default_factory=RowReport)
    drawn: tuple[Annotations, dict[str, Rows]] | None = None

    @property
    def signature(self) -> Signature:
        """Tasks and shape of the inputs."""
        return Signature(self.tasks, tuple(self.parts["train"].inputs.shape[1:]))

    def keep_in(self, folder: RunFolder) -> None:
        """Write the files of a run about its data: report of rows, tasks, shape of the inputs, random split."""
        self.rows.save(folder.rows)
        self.signature.save(folder.signature)
        if self.drawn is not None:
            write_split(folder.split, *self.drawn)

    def of_tasks(self, names: Sequence[str]) -> RunData:
        """Return the data with only some of its tasks."""
        tasks = TaskSet([self.tasks[name] for name in names])
        parts = {name: SampleSet(part.annotations.of_tasks(tasks), part.inputs) for name, part in self.parts.items()}
        return replace(self, tasks=tasks, parts=parts)
