"""Named predictions of all inputs, tasks and labels."""

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
        tasks: The predicted tasks.
        names: Names of the inputs, N.
        values: Task -> [N, labels]: probabilities of classes or tags, or values of dimensions.
        thresholds: Task -> decision thresholds of its tags, as probabilities [labels]; 0.5 for missing tasks.
        unreadable: Name of each skipped image -> reason.
        named: Heading of the names: ``image`` or ``row``.
        remarks: Notes for the user, one line each.

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
        """Return the decision thresholds of a task's tags, as probabilities [labels]."""
        even = np.full(len(self.tasks[task]), EVEN, dtype=np.float32)
        return np.asarray(self.thresholds.get(task, even))

    def classes(self, task: str) -> list[str]:
        """Return the most probable class of each input; for ties, the first."""
        return self.decided(task)["class"]

    def tags(self, task: str) -> list[list[str]]:
        """Return the predicted tags of each input, in the order of the task."""
        return self.decided(task)["tags"]

    def decided(self, task: str) -> dict[str, list[Any]]:
        """Return the names of the predicted labels, see :meth:`gcnlabel.tasks.Task.named`."""
        own = self.tasks[task]
        return own.named(own.predicted(self.values[task], self.threshold(task)))

    def table(self) -> pl.DataFrame:
        """Return a table with one row per input, and columns ``image`` or ``row`` and, for each task, ``task:label``.

        These are the probabilities or values. Before them, a column ``task`` has the class of a categorical task, or
        the tags of a multi-label task separated by ``;``.
        """
        columns: dict[str, Any] = {self.named: list(self.names)}
        for task in self.tasks:
            for found in self.decided(task.name).values():
                columns[task.name] = [name if isinstance(name, str) else ";".join(name) for name in found]
            values = np.asarray(self.values[task.name], dtype=np.float32)
            columns |= {f"{task.name}:{label}": values[:, i] for i, label in enumerate(task.labels)}
        return pl.DataFrame(columns)

    def records(self) -> list[dict[str, Any]]:
        """Return one nested dict of plain values per input, which is a line of a ``.jsonl`` file."""
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
        """Write the table as ``.csv``, or the records as ``.jsonl``, atomically.

        Raises:
            InputError: The suffix is neither, or the file exists or cannot be written.
        """
        write = WRITERS[checked_format(path)]
        with atomic_write(path, overwrite=overwrite) as temporary:
            write(self, temporary)


def checked_format(path: str | Path) -> str:
    """Return the suffix of a file of predictions.

    Raises:
        InputError: The suffix is unknown.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in WRITERS:
        raise InputError(
            f"unknown format of predictions: {str(path)!r}", expected=f"a file name that ends in {' or '.join(WRITERS)}"
        )
    return suffix


def _write_csv(predictions: Predictions, path: Path) -> None:
    formulas = [name for name in predictions.names if is_formula(name)]
    if formulas:
        warnings.warn(
            f"{len(formulas)} names of inputs are written unchanged, but a spreadsheet would evaluate them as formulas: "
            f"{shorten(map(repr, formulas), limit=3)}",
            GcnlabelWarning,
            stacklevel=3,
        )
    plain_cells(predictions.table(), but=[predictions.named]).write_csv(path)


def _write_jsonl(predictions: Predictions, path: Path) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in predictions.records())
    path.write_text("".join(lines), encoding="utf-8")


WRITERS = {".csv": _write_csv, ".jsonl": _write_jsonl}
