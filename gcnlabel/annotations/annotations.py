"""Targets of every task for N samples, with missing values."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import TaskSet

Array = npt.NDArray[Any]
BESIDE = ("split", "ids", "groups", "features")
"""Optional attributes with one row per sample, in addition to the targets."""


@dataclass(repr=False)
class Annotations:
    """Annotations of N samples.

    Attributes:
        tasks: The annotated tasks.
        targets: Task name -> targets. Class indices int64 [N], -1 where not annotated; shares of classes float64, tags
            float32 and dimensions float64 [N, labels], NaN where not annotated; tags without missing values may be a
            scipy CSR matrix.
        split: Name of each sample's split, str [N], or None.
        ids: Name of each sample (an image's path, a text's id), str [N], or None.
        groups: Name of each sample's group (a person, a video), which random splits keep together, str [N], or None.
        features: Inputs from the same file as the targets (as in ARFF files), [N, D] dense or CSR, or None.

    Raises:
        InputError: A target has the wrong shape, an unknown code or a value outside its range.

    Example:
        >>> from gcnlabel.tasks import Categorical, Dimensional
        >>> tasks = TaskSet([Categorical("expression", ["sad", "happy"]), Dimensional("affect", ["valence"])])
        >>> a = Annotations(tasks, {"expression": np.array([1, -1]), "affect": np.array([[0.5], [np.nan]])})
        >>> a.indicators("expression").tolist()
        [[0.0, 1.0], [nan, nan]]
        >>> a
        Annotations(2 samples, expression [2], affect [1])
    """

    tasks: TaskSet
    targets: dict[str, Any]
    split: Array | None = None
    ids: Array | None = None
    features: Any = None
    groups: Array | None = None

    def __post_init__(self) -> None:
        """Check every target against its task."""
        if set(self.targets) != set(self.tasks.names):
            raise InputError(
                f"targets for {shorten(self.targets)}", expected=f"targets for {shorten(self.tasks.names)}"
            )
        self.targets = {task.name: task.checked(self.targets[task.name]) for task in self.tasks}
        lengths = {name: target.shape[0] for name, target in self.targets.items()}
        for name in BESIDE[:3]:
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, np.asarray(value, dtype=str))
        for name in BESIDE:
            if getattr(self, name) is not None:
                lengths[name] = getattr(self, name).shape[0]
        if len(set(lengths.values())) > 1:
            raise InputError(f"different numbers of samples: {lengths}", expected="one row per sample in each")

    def __len__(self) -> int:
        """Return the number of samples, N."""
        return int(next(iter(self.targets.values())).shape[0])

    def __repr__(self) -> str:
        """Return the number of samples, and each task with its number of labels."""
        return f"Annotations({len(self)} samples, {', '.join(f'{task.name} [{len(task)}]' for task in self.tasks)})"

    def indicators(self, task: str) -> Array:
        """Return a task's targets with one column per label, float64 [N, labels], NaN where not annotated.

        Class indices become one-hot; shares of classes, tags and dimensions are unchanged.
        """
        return self.tasks[task].indicators(self.targets[task])

    def select(self, rows: Array | Sequence[int]) -> Annotations:
        """Return the annotations of some samples, given by a boolean mask or indices."""
        rows = np.asarray(rows)
        picked = {name: value[rows] for name in BESIDE if (value := getattr(self, name)) is not None}
        return self._with(self.tasks, {name: target[rows] for name, target in self.targets.items()}, picked)

    def of_split(self, name: str) -> Annotations:
        """Return the annotations of one split.

        Raises:
            InputError: The annotations have no splits, or the split has no sample.
        """
        if self.split is None:
            raise InputError(
                f"split {name!r} was asked for but the annotations have no split column",
                fix="data.split_column names the column; without one, data.splits draws a split: {train: .7, val: .15, "
                "test: .15} (build-graph: --split-column, or --split all for every sample); in Python: "
                "annotations.select(rows)",
            )
        rows = self.split == name
        if not rows.any():
            there = sorted(set(self.split.tolist()))
            plays = f"{name!r} is named by data.splits; val: null holds out some of the training split instead"
            raise InputError(f"no sample of split {name!r}", expected=shorten(there), fix=closest(name, there) or plays)
        return self.select(rows)

    def of_tasks(self, tasks: TaskSet) -> Annotations:
        """Return the annotations of some of the tasks; their ``source`` may differ."""
        targets = {task.name: self.targets[task.name] for task in tasks}
        if all(task.labels == self.tasks[task.name].labels for task in tasks):
            return self._with(tasks, targets, {})
        return Annotations(tasks, targets, **{name: getattr(self, name) for name in BESIDE})

    @staticmethod
    def concatenate(parts: Sequence[Annotations]) -> Annotations:
        """Return the samples of all parts, in order.

        Raises:
            InputError: The parts have different tasks.
        """
        first = parts[0]
        if any(part.tasks != first.tasks for part in parts):
            raise InputError("the parts annotate different tasks", expected=repr(first.tasks))
        targets = {name: _stack([part.targets[name] for part in parts]) for name in first.targets}
        rest = {name: _stack([getattr(part, name) for part in parts]) for name in BESIDE}
        return first._with(first.tasks, targets, rest)

    def _with(self, tasks: TaskSet, targets: dict[str, Any], beside: dict[str, Any]) -> Annotations:
        """Return a copy with other targets, without the checks: the targets come from checked annotations."""
        made = copy.copy(self)
        made.tasks, made.targets = tasks, targets
        for name, value in beside.items():
            setattr(made, name, value)
        return made


def _stack(parts: list[Any]) -> Any:
    if any(part is None for part in parts):
        return None
    if any(sparse.issparse(part) for part in parts):
        return sparse.csr_matrix(sparse.vstack(parts))
    return np.concatenate(parts)
