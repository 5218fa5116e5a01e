"""Predictions by name: of every input, every task and every label."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.files import atomic_write, is_formula, plain_cells
from gcnlabel.tasks import Task, TaskSet

Array = npt.NDArray[np.float32]
EVEN = 0.5


@dataclass(frozen=True)
class Predictions:
    """Predictions of a network for N inputs.

    Attributes:
        tasks: What is predicted.
        names: Name of each input, N of them.
        values: For each task [N, labels]: probabilities of classes or tags, values of dimensions.
        thresholds: Probability from which a tag counts as predicted [labels], for each multi-label task where it is not
            0.5.
        unreadable: Name of each image that was left out -> why.
        named: What the names are of: ``image``, or ``row`` of features.
        remarks: What the person should know, in a line each.

    Example:
        >>> from gcnlabel.tasks import Categorical, MultiLabel
        >>> tasks = TaskSet([Categorical("face", ["sad", "happy"]), MultiLabel("tags", ["cat", "dog"])])
        >>> values = {"face": np.array([[0.25, 0.75]]), "tags": np.array([[0.5, 0.4]])}
        >>> predictions = Predictions(tasks, ["a.png"], values)
        >>> predictions.classes("face"), predictions.tags("tags")
        (['happy'], [['cat']])
        >>> predictions.table().columns
        ['image', 'face', 'face:sad', 'face:happy', 'tags', 'tags:cat', 'tags:dog']
    """

    tasks: TaskSet
    names: Sequence[str]
    values: Mapping[str, Array]
    thresholds: Mapping[str, npt.NDArray[np.floating]] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    named: str = "image"
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of inputs, N."""
        return len(self.names)

    def threshold(self, task: str) -> npt.NDArray[np.floating]:
        """Return the probability from which each tag of a task counts as predicted, [labels]."""
        even = np.full(len(self.tasks[task]), EVEN, dtype=np.float32)
        return np.asarray(self.thresholds.get(task, even))

    def classes(self, task: str) -> list[str]:
        """Return the most probable class of each input; of equal ones the first."""
        return self.decided(task)["class"]

    def tags(self, task: str) -> list[list[str]]:
        """Return the predicted tags of each input, in the order of the task."""
        return self.decided(task)["tags"]

    def decided(self, task: str) -> dict[str, list[Any]]:
        """Return what is predicted by name, as :meth:`gcnlabel.tasks.Task.named` does."""
        own = self.tasks[task]
        return own.named(own.predicted(self.values[task], self.threshold(task)))

    def table(self) -> pl.DataFrame:
        """Return a row an input: ``image`` or ``row``; ``task:label`` with every probability or value.

        Before those, ``task`` holds the class of a categorical task, or the tags of a multi-label task, with ``;``
        between them.
        """
        columns: dict[str, Any] = {self.named: list(self.names)}
        for task in self.tasks:
            for found in self.decided(task.name).values():
                columns[task.name] = [name if isinstance(name, str) else ";".join(name) for name in found]
            values = np.asarray(self.values[task.name], dtype=np.float32)
            columns |= {f"{task.name}:{label}": values[:, i] for i, label in enumerate(task.labels)}
        return pl.DataFrame(columns)

    def records(self) -> list[dict[str, Any]]:
        """Return a nested record of plain values for each input, what a line of a ``.jsonl`` file holds."""
        found = {task.name: self._records(task) for task in self.tasks}
        return [
            {self.named: name, **{task: records[row] for task, records in found.items()}}
            for row, name in enumerate(self.names)
        ]

    def _records(self, task: Task) -> list[dict[str, Any]]:
        rows = [[float(str(value)) for value in row] for row in np.asarray(self.values[task.name], dtype=np.float32)]
        values = [dict(zip(task.labels, row, strict=True)) for row in rows]
        named, key = self.decided(task.name).items(), "probabilities" if task.discrete else "values"
        return [
            {**{what: names[i] for what, names in named}, key: by_label} if named else by_label
            for i, by_label in enumerate(values)
        ]

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the table as ``.csv``, or the records as ``.jsonl``, whole or not at all.

        Raises:
            InputError: The name ends in neither, or the file exists or cannot be written.
        """
        write = WRITERS[checked_format(path)]
        with atomic_write(path, overwrite=overwrite) as temporary:
            write(self, temporary)


def checked_format(path: str | Path) -> str:
    """Return how the name of a file of predictions ends.

    Raises:
        InputError: It ends in no known format.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in WRITERS:
        raise InputError(f"predictions as {str(path)!r}", expected=f"a name that ends in {' or '.join(WRITERS)}")
    return suffix


def _write_csv(predictions: Predictions, path: Path) -> None:
    formulas = [name for name in predictions.names if is_formula(name)]
    if formulas:
        warnings.warn(
            f"{len(formulas)} names of inputs are written as they are, and a spreadsheet would calculate them: "
            f"{shorten(map(repr, formulas), limit=3)}",
            GcnlabelWarning,
            stacklevel=3,
        )
    plain_cells(predictions.table(), but=[predictions.named]).write_csv(path)


def _write_jsonl(predictions: Predictions, path: Path) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in predictions.records())
    path.write_text("".join(lines), encoding="utf-8")


WRITERS = {".csv": _write_csv, ".jsonl": _write_jsonl}
