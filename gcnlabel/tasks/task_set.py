"""All tasks of a model; assigns the index of every label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import atomic_write, existing_file, parse_yaml
from gcnlabel.tasks.parsing import parse_task
from gcnlabel.tasks.task import Task


class TaskSet:
    """An ordered set of tasks; it assigns the index of every label.

    Args:
        tasks: The tasks. Task names must be unique, and so must label names over all tasks.

    Raises:
        InputError: Duplicate names, or no task.

    Example:
        >>> from gcnlabel.tasks import Categorical, Dimensional
        >>> tasks = TaskSet([Categorical("expression", ["sad", "happy"]), Dimensional("affect", ["valence"])])
        >>> tasks.labels
        ('sad', 'happy', 'valence')
        >>> tasks.slice_of("affect")
        slice(2, 3, None)
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = tuple(tasks)
        if not self._tasks:
            raise InputError("no task is declared", expected="at least one task")
        names = [task.name for task in self._tasks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"duplicate task names: {shorten(twice)}")
        self.labels: tuple[str, ...] = tuple(label for task in self._tasks for label in task.labels)
        self._index = {label: i for i, label in enumerate(self.labels)}
        if len(self._index) < len(self.labels):
            twice = sorted(label for label, times in Counter(self.labels).items() if times > 1)
            raise InputError(
                f"duplicate label names over the tasks: {shorten(twice)}",
                fix="give each label one name in the whole set, e.g. 'anger' and 'anger_intensity'",
            )
        self._slices: dict[str, slice] = {}
        start = 0
        for task in self._tasks:
            self._slices[task.name] = slice(start, start + len(task))
            start += len(task)

    @property
    def num_labels(self) -> int:
        """Number of labels over all tasks, L."""
        return len(self.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tasks."""
        return tuple(self._slices)

    def slice_of(self, task: str | Task) -> slice:
        """Return the slice of a task's labels among all labels."""
        return self._slices[self[task.name if isinstance(task, Task) else task].name]

    def index(self, label: str) -> int:
        """Return the index of a label among all labels.

        Raises:
            InputError: There is no such label.
        """
        if label not in self._index:
            raise InputError(f"unknown label {label!r}", expected=shorten(self.labels), fix=closest(label, self.labels))
        return self._index[label]

    def task_of(self, label: str) -> Task:
        """Return the task a label belongs to."""
        position = self.index(label)
        return next(task for task in self if position < self._slices[task.name].stop)

    def task_indices(self) -> list[int]:
        """Return for each label the position of its task, length L."""
        return [t for t, task in enumerate(self) for _ in task.labels]

    def of_labels(self, labels: Sequence[str]) -> TaskSet:
        """Return the tasks of some labels, in the order of the labels.

        Raises:
            InputError: A label is unknown or named twice, or the labels of a task are not adjacent.

        Example:
            >>> from gcnlabel.tasks import MultiLabel
            >>> TaskSet([MultiLabel("tags", ["cat", "dog", "cow"])]).of_labels(["cow", "cat"]).labels
            ('cow', 'cat')
        """
        groups = [(name, tuple(own)) for name, own in groupby(labels, lambda label: self.task_of(label).name)]
        parted = [name for name, times in Counter(name for name, _ in groups).items() if times > 1]
        if parted:
            raise InputError(
                f"the labels of task {parted[0]!r} are not adjacent",
                expected="all labels of a task, then those of the next",
                fix="reorder the labels; of a label graph: graph.reorder()",
            )
        return TaskSet(self[name].of_labels(own) for name, own in groups)

    def __getitem__(self, name: str) -> Task:
        """Return a task by its name."""
        if name not in self._slices:
            raise InputError(f"unknown task {name!r}", expected=shorten(self.names), fix=closest(name, self.names))
        return self._tasks[self.names.index(name)]

    def __len__(self) -> int:
        """Return the number of tasks, T."""
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        """Iterate over the tasks in order."""
        return iter(self._tasks)

    def __eq__(self, other: object) -> bool:
        """Whether both declare the same tasks in the same order."""
        return isinstance(other, TaskSet) and self._tasks == other._tasks

    def __hash__(self) -> int:
        """Hash of the tasks."""
        return hash(self._tasks)

    def __repr__(self) -> str:
        """Return one line naming each task and its size."""
        parts = ", ".join(f"{task.name}: {task.type}[{len(task)}]" for task in self)
        return f"TaskSet({parts})"

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return the tasks as plain values, name -> declaration."""
        return {task.name: task.to_dict() for task in self}

    @classmethod
    def from_dict(cls, declarations: Mapping[str, Any], where: object = None) -> TaskSet:
        """Build from plain values, as :meth:`to_dict` and the YAML file hold them.

        Raises:
            InputError: A declaration cannot be read; the message names the task and the key.
        """
        if not isinstance(declarations, Mapping):
            raise InputError("tasks are not a mapping", where=where, expected="name: {type: ..., ...} for each task")
        return cls(parse_task(str(name), spec, where) for name, spec in declarations.items())

    @classmethod
    def from_yaml(cls, path: str | Path) -> TaskSet:
        """Read the ``tasks:`` of a YAML file."""
        path = existing_file(path, "tasks file")
        try:
            content = parse_yaml(path.read_text(encoding="utf-8"), path)
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not valid YAML: {error}") from error
        if not isinstance(content, Mapping) or "tasks" not in content:
            raise InputError(f"{path} declares no tasks", expected="a top-level key 'tasks'")
        return cls.from_dict(content["tasks"], where=path)

    def to_declarations(self) -> dict[str, dict[str, Any]]:
        """Return the tasks and their table columns as plain values."""
        return {task.name: task.to_dict() | task.source.to_dict() for task in self}

    def to_yaml(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the tasks and their table columns as a YAML file."""
        content = yaml.safe_dump({"tasks": self.to_declarations()}, sort_keys=False)
        with atomic_write(path, overwrite=overwrite) as temporary:
            temporary.write_text(content, encoding="utf-8")
