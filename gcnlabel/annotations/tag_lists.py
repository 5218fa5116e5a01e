"""Read a COCO file or a VOC folder, chosen by the path, for ``build-graph --annotations``."""

from __future__ import annotations

import os
from pathlib import Path

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.coco import read_coco
from gcnlabel.annotations.voc import Difficult, read_voc
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import TaskSet


def is_tag_list(path: str | Path) -> bool:
    """Return whether a path is a COCO file (``.json``) or a folder, as of VOC."""
    return Path(path).suffix.lower() == ".json" or os.path.isdir(path)


def read_tag_list(
    path: str | Path, tasks: TaskSet | None = None, *, split: str | None = None, difficult: Difficult | None = None
) -> Annotations:
    """Return the tags of a COCO file, or of one image set of a VOC folder.

    Args:
        path: ``instances_*.json``, which is one split, or VOC's folder of one year.
        tasks: One multi-label task with these labels in any order; None for a task ``objects`` with the file's order.
        split: VOC's image set.
        difficult: Value of a class that VOC marks as difficult; None for ``unknown``.

    Raises:
        InputError: A file is missing or malformed, an option does not suit it, or the tasks declare other labels.
    """
    if os.path.isdir(path):
        if split is None:
            raise InputError(f"no image set of {path} is named", expected="--split train, val, trainval or test")
        found = read_voc(path, [split], difficult=difficult or "unknown")
    else:
        beside = {"--split": split, "--difficult": difficult}
        for option, value in beside.items():
            if value is not None:
                raise InputError(f"{option} {value} and {path}", expected=f"a COCO file is one split: no {option}")
        found = read_coco(path)
    return found if tasks is None else _as_declared(found, tasks, path)


def _as_declared(found: Annotations, tasks: TaskSet, path: str | Path) -> Annotations:
    """Return the tags as the columns of a declared task, matched by name."""
    (there,) = found.tasks
    odd = sorted(set(tasks.labels) ^ set(there.labels))
    if len(tasks) != 1 or not next(iter(tasks)).binary or odd:
        raise InputError(
            f"the tasks and {path} differ" + (f": {shorten(odd)}" if odd else f": {tasks!r}"),
            expected=f"one multilabel task with the labels {shorten(there.labels)}",
            fix=(closest(odd[0], set(there.labels) - {odd[0]}) if odd else None) or "leave TASKS out",
        )
    (task,) = tasks
    columns = [there.labels.index(label) for label in task.labels]
    return Annotations(tasks, {task.name: found.targets[there.name][:, columns]}, found.split, found.ids)
