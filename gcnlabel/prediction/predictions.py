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
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, Task, TaskSet

Array = npt.NDArray[np.float32]
EVEN = 0.5


@dataclass(frozen=True)
class Predictions:
    """What a network says of N inputs.

    Attributes:
        tasks: What is predicted.
        names: Name of each input, N of them.
        values: For each task [N, labels]: probabilities of classes or tags, values of dimensions.
        thresholds: Probability from which a tag counts as predicted [labels], for each multi-label task where it is not
            0.5.
        unreadable: Name of each image that was left out -> why.
        named: What the names are of: ``image``, or ``row`` of features.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
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

    def __len__(self) -> int:
        """Return the number of inputs, N."""
        return len(self.names)

    def threshold(self, task: str) -> npt.NDArray[np.floating]:
        """Return the probability from which each tag of a task counts as predicted, [labels]."""
        even = np.full(len(self.tasks[task]), EVEN, dtype=np.float32)
        return np.asarray(self.thresholds.get(task, even))

    def classes(self, task: str) -> list[str]:
        """Return the most probable class of each input; of equal ones the first."""
        return [self.tasks[task].labels[i] for i in self.values[task].argmax(1).tolist()]

    def tags(self, task: str) -> list[list[str]]:
        """Return the predicted tags of each input, in the order of the task."""
        labels = self.tasks[task].labels
        return [[labels[i] for i in np.flatnonzero(row)] for row in self.values[task] >= self.threshold(task)]

    def table(self) -> pl.DataFrame:
        """Return a row an input: ``image`` or ``row``; ``task:label`` with every probability or value.

        Before those, ``task`` holds the class of a categorical task, or the tags of a multi-label task, with ``;``
        between them.
        """
        columns: dict[str, Any] = {self.named: list(self.names)}
        for task in self.tasks:
            if isinstance(task, Categorical):
                columns[task.name] = self.classes(task.name)
            if isinstance(task, MultiLabel):
                columns[task.name] = [";".join(tags) for tags in self.tags(task.name)]
            values = np.asarray(self.values[task.name], dtype=np.float32)
            columns |= {f"{task.name}:{label}": values[:, i] for i, label in enumerate(task.labels)}
        return pl.DataFrame(columns)

    def records(self) -> list[dict[str, Any]]:
        """Return a nested record of plain values for each input, what a line of a ``.jsonl`` file holds."""
        return [
            {self.named: name, **{task.name: self._record(task, row) for task in self.tasks}}
            for row, name in enumerate(self.names)
        ]

    def _record(self, task: Task, row: int) -> dict[str, Any]:
        values = [float(str(value)) for value in np.asarray(self.values[task.name][row], dtype=np.float32)]
        by_label = dict(zip(task.labels, values, strict=True))
        if isinstance(task, Dimensional):
            return by_label
        if isinstance(task, Categorical):
            return {"class": task.labels[int(np.argmax(values))], "probabilities": by_label}
        return {"tags": self.tags(task.name)[row], "probabilities": by_label}

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
