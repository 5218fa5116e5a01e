"""Load the data of a run: annotations and inputs of its three splits."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lightning.fabric.utilities.rank_zero import rank_zero_only

from gcnlabel.annotations.row_report import RowReport
from gcnlabel.config.schema import Config
from gcnlabel.errors import InputError, note, shorten
from gcnlabel.files import unchanged
from gcnlabel.progress import reported_bar
from gcnlabel.run.run_data import RunData as RunData
from gcnlabel.run.run_data import SampleSet as SampleSet
from gcnlabel.run.splitting import read_split
from gcnlabel.sources.splits import PARTS, Splits
from gcnlabel.tasks import TaskSet


def load_data(config: Config, split_file: Path | None = None, *, progress: bool = False) -> RunData:
    """Read, or generate, the data of a config, and split it.

    Args:
        config: The config.
        split_file: File of a run's random split, which is used if it exists.
        progress: Whether to show a progress bar for long reading.

    Raises:
        InputError: A file cannot be used or changes while it is read, a split is missing, or ``only_tasks`` names an
            unknown task.
    """
    files = _files([config.data.model_dump(), config.tasks])
    with unchanged(files), reported_bar("read data", show=progress and not rank_zero_only.rank):
        data = _load(config, split_file)
    return data if config.only_tasks is None else data.of_tasks(config.only_tasks)


def _files(value: Any) -> Iterator[str]:
    """Yield the names of files among the texts of a config."""
    if isinstance(value, str) and os.path.isfile(value):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _files(item)


def read_whole(config: Config) -> tuple[SampleSet, RowReport]:
    """Return all samples of a config before the split, and the report of their rows.

    Raises:
        InputError: A file cannot be used, or the data have other tasks than the config declares.
    """
    declared = declared_tasks(config)
    whole, report = config.data.read(declared)
    if declared is not None:
        _check_taken(declared, whole.annotations.tasks, config.data.source)
    return whole, report or whole.report()


def _load(config: Config, split_file: Path | None) -> RunData:
    source = config.data
    whole, report = read_whole(config)
    names = [] if source.splits.fractions else _names(source.splits)
    report.check_left(names)
    report = report.of_splits(names) if names else report
    rank_zero_only(note)(report.line())
    drawn = source.split_note
    if drawn is not None and split_file is not None and split_file.exists():
        rows = read_split(split_file, whole.annotations)
    else:
        rows = source.split_rows(whole.annotations, config.seed)
    parts = {part: whole.select(rows[part]) for part in PARTS}
    said = "; ".join(filter(None, (source.note, drawn))) or None
    kept = None if drawn is None else (whole.annotations, rows)
    return RunData(whole.annotations.tasks, parts, note=said, rows=report, drawn=kept)


def _check_taken(declared: TaskSet, read: TaskSet, source: str) -> None:
    """Check that a data source has read the tasks that a config declares, not its own."""
    ours, theirs = ({task.name: task.labels for task in tasks} for tasks in (declared, read))
    if ours != theirs:
        raise InputError(
            f"tasks: {shorten(ours)} with the data source {source!r}, which has its own: {shorten(theirs)}",
            expected="no tasks in the config, or the same",
            fix="leave tasks out of the config; use only_tasks to train some of the tasks of the data",
        )


def _names(splits: Splits) -> list[str]:
    return [name for part in PARTS if isinstance(name := getattr(splits, part), str)]


def declared_tasks(config: Config) -> TaskSet | None:
    """Return the tasks that a config declares, or None.

    Raises:
        InputError: The declaration is invalid.
    """
    if isinstance(config.tasks, str):
        return TaskSet.from_yaml(config.tasks)
    return None if config.tasks is None else TaskSet.from_dict(config.tasks, where="config")


def with_decisions(config: Config, tasks: TaskSet) -> Config:
    """Return a config that contains its tasks and their decided ``signed`` columns, for later reading.

    Args:
        config: The config.
        tasks: The tasks that were read, some or all of those declared.
    """
    decided = {task.name: task for task in tasks if task.source.signed}
    declared = declared_tasks(config) if decided or isinstance(config.tasks, str) else None
    if declared is None:
        return config
    kept = TaskSet(decided.get(task.name, task) for task in declared)
    return config.model_copy(update={"tasks": kept.to_declarations()})


def load_inputs(config: Config, path: str | Path) -> Any:
    """Return new inputs of a run on features, [N, D].

    Raises:
        InputError: The file cannot be used.
    """
    return config.data.read_inputs(path, declared_tasks(config))
