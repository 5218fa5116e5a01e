"""Remove a label from the data of a run, or most of its annotations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.tasks import TaskSet


def check_label(tasks: TaskSet, label: str) -> None:
    """Check that a label is a tag, and not the only one of its task.

    Raises:
        InputError: It cannot be left out, or is unknown.
    """
    task = tasks.task_of(label)
    if not task.binary:
        raise InputError(
            f"{label!r} belongs to the {task.type} task {task.name!r}",
            expected="a label of a multilabel task: zero-shot classes and dimensions are not evaluated",
        )
    if len(task) < 2:
        raise InputError(f"{label!r} is the only label of task {task.name!r}", expected="a task with several labels")


def without_label(data: RunData, label: str) -> RunData:
    """Return the data of a run without a label in its tasks and targets.

    Raises:
        InputError: The label is not a tag, or is the only one of its task.
    """
    check_label(data.tasks, label)
    task = data.tasks.task_of(label)
    kept = [name for name in task.labels if name != label]
    columns = [task.labels.index(name) for name in kept]
    tasks = TaskSet([t.of_labels(kept) if t.name == task.name else t for t in data.tasks])

    def of(annotations: Annotations) -> Annotations:
        rest = {**annotations.targets, task.name: annotations.targets[task.name][:, columns]}
        return Annotations(tasks, rest, annotations.split, annotations.ids, annotations.features)

    return replace(
        data, tasks=tasks, parts={n: SampleSet(of(part.annotations), part.inputs) for n, part in _parts(data)}
    )


def few_annotated(data: RunData, label: str, shots: int, seed: int) -> RunData:
    """Return the data of a run with a label annotated only on few training samples, as many positive as negative.

    In the rest of the training split, and in the whole val split, the label is not annotated.

    Args:
        data: The data.
        label: A tag.
        shots: Number of positive and of negative training samples that stay annotated.
        seed: Random seed.

    Raises:
        InputError: The training split has fewer samples with the label, or without it.
    """
    check_label(data.tasks, label)
    rng = np.random.default_rng(seed)
    parts = dict(data.parts)
    for name in ("train", "val"):
        annotations = parts[name].annotations
        task = data.tasks.task_of(label)
        column = task.labels.index(label)
        targets = annotations.indicators(task.name).astype(np.float32)
        given = targets[:, column].copy()
        targets[:, column] = np.nan
        for value in (1, 0) if name == "train" else ():
            rows = np.flatnonzero(given == value)
            if len(rows) < shots:
                raise InputError(f"{len(rows)} training samples have {label} = {value}", expected=f"{shots}")
            targets[rng.choice(rows, shots, replace=False), column] = value
        parts[name] = SampleSet(
            replace(annotations, targets={**annotations.targets, task.name: targets}), parts[name].inputs
        )
    return replace(data, parts=parts)


def _parts(data: RunData) -> list[tuple[str, SampleSet]]:
    return list(data.parts.items())
