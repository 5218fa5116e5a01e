"""What -1 means in the column of a tag: "absent" where the whole column holds -1 and 1 alone, else what is declared.

A file is read in parts, in this process or in others, and a part can hold -1 alone. Every part reads -1 as "absent" and
notes what it saw; whether that was right is decided when all parts are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gcnlabel.errors import InputError
from gcnlabel.tasks import Task, TaskSet

Label = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """What the column of a tag holds.

    Attributes:
        column: Name of the column.
        negative: Place of its first -1, or None.
        other: Place of the first cell that is neither -1 nor 1 nor missing, or None.
        one: Whether it holds a 1.
    """

    column: str
    negative: str | None
    other: str | None
    one: bool

    def merged(self, later: Seen) -> Seen:
        """Return what this part of the column and a later one hold."""
        return Seen(self.column, self.negative or later.negative, self.other or later.other, self.one or later.one)


@dataclass
class TagSigns:
    """What the tag columns hold in which -1 is not declared.

    Attributes:
        seen: Task and label -> what its column holds.
    """

    seen: dict[Label, Seen] = field(default_factory=dict)

    def note(self, label: Label, seen: Seen) -> None:
        """Add what a part of a column holds."""
        self.seen[label] = self.seen[label].merged(seen) if label in self.seen else seen

    def merge(self, later: TagSigns) -> None:
        """Add what later parts hold."""
        for label, seen in later.seen.items():
            self.note(label, seen)

    def decided(self, tasks: TaskSet) -> TaskSet:
        """Return the tasks, each with the labels in whose column -1 means "absent"; to be called with all parts read.

        Raises:
            InputError: A column holds -1, and not 1 alone beside it.
        """
        return TaskSet(self._decided(task) for task in tasks)

    def _decided(self, task: Task) -> Task:
        mine = {label: seen for (name, label), seen in self.seen.items() if name == task.name and seen.negative}
        found = tuple(label for label in task.labels if _is_signed(task, label, mine.get(label)))
        if found == task.source.signed:
            return task
        columns = task.source.columns if task.has_column_each() else {label: label for label in task.labels}
        return replace(task, source=replace(task.source, columns=columns, signed=found))


def _is_signed(task: Task, label: str, seen: Seen | None) -> bool:
    kept = label in task.source.signed
    if seen is None:
        return kept
    if seen.other is None and (seen.one or kept):
        return True
    beside = "without any 1" if seen.other is None else f"beside what stands in {seen.other}"
    raise InputError(
        f"-1 {beside}, for tag {label!r}: data sets mean several things by it",
        where=f"{seen.negative}, column {seen.column!r}",
        expected="-1 and 1 alone in a column (absent and present), or a declaration of what -1 is",
        fix="see in the description of the data what it means, then declare it for the task: "
        "codes: {-1: 0} where the tag is absent; missing: [-1] where it is not known",
    )
