"""Decide the meaning of -1 in the column of a tag: "absent" if the whole column holds only -1 and 1, else as declared.

A file is read in parts, perhaps by several processes, and a part may hold only -1. Each part reads -1 as "absent" and
notes the values that it saw; the decision is checked after all parts are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gcnlabel.errors import InputError
from gcnlabel.tasks import Task, TaskSet

Label = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """Kinds of values seen in the column of a tag.

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
        """Return the kinds of values seen in this part of the column or a later one."""
        return Seen(self.column, self.negative or later.negative, self.other or later.other, self.one or later.one)


@dataclass
class TagSigns:
    """Kinds of values seen in each tag column.

    Attributes:
        seen: (Task, label) -> kinds of values seen in its column.
    """

    seen: dict[Label, Seen] = field(default_factory=dict)

    def note(self, label: Label, seen: Seen) -> None:
        """Add the values seen in a part of a column."""
        self.seen[label] = self.seen[label].merged(seen) if label in self.seen else seen

    def merge(self, later: TagSigns) -> None:
        """Add the values seen in later parts."""
        for label, seen in later.seen.items():
            self.note(label, seen)

    def decided(self, tasks: TaskSet) -> TaskSet:
        """Return the tasks with ``signed`` set to labels whose column has -1 for "absent", after all parts are read.

        Raises:
            InputError: A column holds -1 without any 1, or together with other values.
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
    beside = "without any 1" if seen.other is None else f"beside the value in {seen.other}"
    raise InputError(
        f"-1 {beside}, for tag {label!r}: the meaning of -1 differs between data sets",
        where=f"{seen.negative}, column {seen.column!r}",
        expected="only -1 and 1 in a column (absent and present), or a declared meaning of -1",
        fix="look up its meaning in the data's description, then declare it for the task: "
        "codes: {-1: 0} if the tag is absent; missing: [-1] if it is not known",
    )
