"""Build a task from plain values, as in the YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks.categorical import Categorical
from gcnlabel.tasks.columns import Columns
from gcnlabel.tasks.dimensional import Dimensional
from gcnlabel.tasks.multi_label import MultiLabel
from gcnlabel.tasks.task import Task

TASK_TYPES: dict[str, type[Task]] = {cls.type: cls for cls in (Categorical, MultiLabel, Dimensional)}


def parse_task(name: str, spec: Any, where: object = None) -> Task:
    """Return the task declared by plain values, as in the YAML file.

    Raises:
        InputError: The type is unknown, a key is unknown or missing, or the task itself refuses a value.
    """
    place = f"{where}, task {name!r}" if where is not None else f"task {name!r}"
    given = spec.get("type") if isinstance(spec, Mapping) else spec
    if not isinstance(spec, Mapping) or not isinstance(given, str) or given not in TASK_TYPES:
        raise InputError(f"unknown task type {given!r}", where=place, expected="type: " + " | ".join(TASK_TYPES))
    task_type = TASK_TYPES[given]
    columns = Columns.__dataclass_fields__
    allowed = {"type", task_type.labels_key, *task_type.options, *columns}
    for key in spec:
        if key not in allowed:
            raise InputError(f"unknown key {key!r}", where=place, fix=closest(key, allowed) or shorten(sorted(allowed)))
    if task_type.labels_key not in spec:
        raise InputError(f"{task_type.labels_key!r} is missing", where=place)
    source = Columns.from_dict({key: spec[key] for key in columns if key in spec}, place)
    extra = {key: spec[key] for key in task_type.options if spec.get(key) is not None}
    return task_type(name, spec[task_type.labels_key], source=source, **extra)
