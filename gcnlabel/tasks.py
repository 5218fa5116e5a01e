"""What is predicted: tasks, their labels, and the only place where label indices exist."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import atomic_write, existing_file


@dataclass(frozen=True)
class Columns:
    """Where a table of annotations holds a task.

    Attributes:
        column: One column that holds the whole task: a class, or several tags in one cell.
        columns: Label to column, for tasks with one column a label. Labels left out have the label's own name.
        codes: Cell text to class or tag name, e.g. ``{"0": "neutral"}``.
        separator: What stands between the tags of one cell.
        empty: Cell text that means "annotated, and no tag" where all tags stand in one cell.
        missing: Cell texts that mean "not annotated", beside an empty cell.
    """

    column: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    separator: str = " "
    empty: str = "[]"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A named group of labels that are predicted together.

    Attributes:
        name: Name of the task, unique in its :class:`TaskSet`.
        labels: Names of its labels, one graph node each, in order.
        source: Where a table holds it; no part of the task's identity.
    """

    name: str
    labels: tuple[str, ...]
    source: Columns = field(default=Columns(), kw_only=True, compare=False)

    type: ClassVar[str] = ""
    labels_key: ClassVar[str] = "labels"

    def __post_init__(self) -> None:
        """Check the names."""
        if isinstance(self.labels, str) or not all(isinstance(name, str) for name in self.labels):
            raise InputError(
                f"task {self.name!r}: {self.labels_key} must be a list of names, got {self.labels!r}",
                fix="quote names that YAML reads as something else (yes, no, 1)",
            )
        object.__setattr__(self, "labels", tuple(self.labels))
        if not self.labels:
            raise InputError(f"task {self.name!r} has no {self.labels_key}")
        duplicates = sorted({name for name in self.labels if self.labels.count(name) > 1})
        if duplicates:
            raise InputError(f"task {self.name!r}: duplicate {self.labels_key}: {shorten(duplicates)}")
        if "" in self.labels:
            raise InputError(f"task {self.name!r}: a label with an empty name")

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return {"type": self.type, self.labels_key: list(self.labels)}


@dataclass(frozen=True)
class Categorical(Task):
    """Exactly one of several classes, e.g. a facial expression.

    Example:
        >>> Categorical("expression", ["neutral", "happy"]).classes
        ('neutral', 'happy')
    """

    type: ClassVar[str] = "categorical"
    labels_key: ClassVar[str] = "classes"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; a target is an index into them."""
        return self.labels


@dataclass(frozen=True)
class MultiLabel(Task):
    """Any number of tags at once, e.g. the objects of an image.

    Example:
        >>> len(MultiLabel("tags", ["cat", "dog"]))
        2
    """

    type: ClassVar[str] = "multilabel"


@dataclass(frozen=True)
class Dimensional(Task):
    """Continuous dimensions, e.g. valence and arousal.

    Attributes:
        range: Lowest and highest value an annotation may have, or None for any finite value.

    Example:
        >>> Dimensional("affect", ["valence", "arousal"], range=(-1, 1)).dims
        ('valence', 'arousal')
    """

    range: tuple[float, float] | None = None

    type: ClassVar[str] = "dimensional"
    labels_key: ClassVar[str] = "dims"

    def __post_init__(self) -> None:
        """Check the names and the range."""
        super().__post_init__()
        if self.range is None:
            return
        try:
            low, high = (float(value) for value in self.range)
        except (TypeError, ValueError):
            low = high = math.nan
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(f"task {self.name!r}: range {self.range!r}", expected="[low, high] with low < high")
        object.__setattr__(self, "range", (low, high))

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the dimensions."""
        return self.labels

    def to_dict(self) -> dict[str, Any]:
        """Return the task as plain values, as in the YAML file."""
        return super().to_dict() | ({} if self.range is None else {"range": list(self.range)})


TASK_TYPES: dict[str, type[Task]] = {cls.type: cls for cls in (Categorical, MultiLabel, Dimensional)}


class TaskSet:
    """An ordered set of tasks; it owns the index of every label.

    Args:
        tasks: The tasks. Names of tasks, and of labels over all tasks, must be unique.

    Raises:
        InputError: Duplicate names, or no task.

    Example:
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
            twice = sorted({label for label in self.labels if self.labels.count(label) > 1})
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
        """Return where a task's labels stand among all labels."""
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
        return cls(_parse_task(str(name), spec, where) for name, spec in declarations.items())

    @classmethod
    def from_yaml(cls, path: str | Path) -> TaskSet:
        """Read the ``tasks:`` of a YAML file."""
        path = existing_file(path, "tasks file")
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not valid YAML: {error}") from error
        if not isinstance(content, Mapping) or "tasks" not in content:
            raise InputError(f"{path} declares no tasks", expected="a top-level key 'tasks'")
        return cls.from_dict(content["tasks"], where=path)

    def to_yaml(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the tasks as a YAML file."""
        with atomic_write(path, overwrite=overwrite) as temporary:
            temporary.write_text(yaml.safe_dump({"tasks": self.to_dict()}, sort_keys=False), encoding="utf-8")


def _parse_task(name: str, spec: Any, where: object) -> Task:
    place = f"{where}, task {name!r}" if where is not None else f"task {name!r}"
    if not isinstance(spec, Mapping) or spec.get("type") not in TASK_TYPES:
        given = spec.get("type") if isinstance(spec, Mapping) else spec
        raise InputError(f"unknown task type {given!r}", where=place, expected="type: " + " | ".join(TASK_TYPES))
    task_type = TASK_TYPES[spec["type"]]
    columns = Columns.__dataclass_fields__
    allowed = {"type", task_type.labels_key, *columns} | ({"range"} if task_type is Dimensional else set())
    for key in spec:
        if key not in allowed:
            raise InputError(f"unknown key {key!r}", where=place, fix=closest(key, allowed) or shorten(sorted(allowed)))
    if task_type.labels_key not in spec:
        raise InputError(f"{task_type.labels_key!r} is missing", where=place)
    source = Columns(**_parse_columns({key: spec[key] for key in columns if key in spec}, place))
    extra = {"range": spec["range"]} if spec.get("range") is not None else {}
    return task_type(name, spec[task_type.labels_key], source=source, **extra)


def _parse_columns(given: dict[str, Any], place: str) -> dict[str, Any]:
    for key in ("columns", "codes"):
        if key in given:
            if not isinstance(given[key], Mapping):
                raise InputError(f"{key!r} is {given[key]!r}", where=place, expected="a mapping")
            given[key] = {str(k): str(v) for k, v in given[key].items()}
    if "missing" in given:
        value = given["missing"]
        given["missing"] = tuple(str(v) for v in (value if isinstance(value, list) else [value]))
    return given
