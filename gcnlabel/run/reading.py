"""Read the files of a run folder, and explain damaged ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from gcnlabel.annotations.table_file import POLARS_ERRORS
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file
from gcnlabel.tasks import TaskSet

SELECTED = {"epoch": int, "split": str, "metric": str}
EVALUATION = {"split": str, "samples": int, "head": str, "selected": dict, "notes": list, "tasks": dict}


def read_evaluation(path: Path) -> dict[str, Any]:
    """Return the content of ``evaluation.json``.

    Raises:
        InputError: The file is damaged.
    """
    existing_file(path, "evaluation")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        _check_kinds(values, EVALUATION)
        _check_kinds(values["selected"], SELECTED)
        for task, metrics in values["tasks"].items():
            _check_kinds({task: metrics}, {task: dict})
        for task, by_label in values.setdefault("thresholds", {}).items():
            _check_kinds(by_label, {})
            _check_kinds({task: by_label}, {task: dict})
            if not all(isinstance(value, int | float) for value in by_label.values()):
                raise ValueError(f"thresholds of {task!r} are no numbers")
        if "intervals" in values:
            _check_intervals(values["intervals"])
    except (ValueError, AttributeError, RecursionError) as error:
        raise _damaged(path, error, "gcnlabel evaluate") from error
    return dict(values)


def read_predictions(path: Path, tasks: TaskSet) -> dict[str, Tensor]:
    """Return scores and targets of each task, and label vectors if there are some.

    Raises:
        InputError: The file is damaged, or has other tasks.
    """
    existing_file(path, "predictions")
    try:
        tensors: dict[str, Tensor] = load_file(path)
        for task in tasks:
            scores, targets = tensors[f"scores/{task.name}"], tensors[f"targets/{task.name}"]
            if scores.ndim != 2 or scores.shape[1] != len(task) or len(targets) != len(scores):
                raise ValueError(f"{task.name} has scores {list(scores.shape)} and targets {list(targets.shape)}")
            if task.exclusive:  # checks that indices are those of classes
                task.checked(targets.numpy())
        vectors = tensors.get("label_vectors")
        if vectors is not None and (vectors.ndim != 2 or len(vectors) != tasks.num_labels):
            raise ValueError(f"label vectors of shape {list(vectors.shape)} for {tasks.num_labels} labels")
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError, TypeError) as error:
        raise _damaged(path, error, "gcnlabel evaluate") from error
    return tensors


def read_epochs(path: Path) -> pl.DataFrame:
    """Return the metrics of every epoch.

    Raises:
        InputError: The file is damaged.
    """
    existing_file(path, "metrics")
    try:
        table = pl.read_csv(path, infer_schema_length=None, glob=False)
        numbers = table.cast(pl.Float64)
        if "epoch" not in table.columns or table["epoch"].null_count() or len(table) == 0:
            raise ValueError("it has no epochs")
        return numbers.with_columns(pl.col("epoch").cast(pl.Int64))
    except (*POLARS_ERRORS, ValueError, OSError) as error:
        raise _damaged(path, error, "gcnlabel train --resume") from error


def _check_kinds(values: Any, kinds: Mapping[str, type]) -> None:
    if not isinstance(values, dict):
        raise ValueError(f"{values!r:.80} is no mapping")
    for key, kind in kinds.items():
        if not isinstance(values.get(key), kind):
            raise ValueError(f"{key} is {values.get(key)!r:.80}")


def _check_intervals(values: Any) -> None:
    _check_kinds(values, {"level": float, "resamples": int, "units": int, "tasks": dict})
    for of_task in values["tasks"].values():
        for name, bounds in of_task.items():
            two = isinstance(bounds, list) and len(bounds) == 2
            if not two or not all(isinstance(bound, int | float) for bound in bounds):
                raise ValueError(f"the interval of {name} is {bounds!r:.80}")


def _damaged(path: Path, error: Exception, remedy: str) -> InputError:
    why = str(error).partition("\n")[0] or type(error).__name__
    return InputError(f"{path} is damaged: {why}", fix=f"write it again: {remedy}")


def read_plain_config(path: Path) -> dict[str, Any]:
    """Return a config as plain values, to show and compare; code that it names is not run.

    Raises:
        InputError: The file is damaged or cannot be read.
    """
    existing_file(path, "config")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{path} is damaged: {str(error).splitlines()[0]}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} is damaged: it holds no mapping")
    return values
