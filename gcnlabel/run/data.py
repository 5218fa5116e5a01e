"""The data of a run: annotations and inputs of its three parts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from lightning.fabric.utilities.rank_zero import rank_zero_only
from scipy import sparse

from gcnlabel.annotations import Annotations, Layout, Long, read_arff_inputs, read_arff_splits, read_table
from gcnlabel.annotations.counted_rows import unannotated_rows, used_rows
from gcnlabel.annotations.row_report import ALLOWED, USED, RowCount, RowReport
from gcnlabel.config.schema import Config
from gcnlabel.config.sources import Arff, Coco, Faces, SyntheticFaces, Table, Voc
from gcnlabel.config.splits import PARTS, Splits
from gcnlabel.data import load_features
from gcnlabel.errors import InputError, note
from gcnlabel.faces.source import load_faces
from gcnlabel.faces.synthetic import SYNTHETIC_TASKS, synthetic_faces
from gcnlabel.files import unchanged
from gcnlabel.run.listed_images import load_listed_images
from gcnlabel.run.parts import Part as Part
from gcnlabel.run.parts import RunData as RunData
from gcnlabel.run.splitting import read_split, split_note, split_rows
from gcnlabel.run.tagged_images import load_tagged_images
from gcnlabel.tasks import TaskSet


def load_data(config: Config, split_file: Path | None = None) -> RunData:
    """Read, or draw, the data that a config names.

    Args:
        config: The config.
        split_file: Where a run keeps a split that was drawn; it is taken from there where that file exists.

    Raises:
        InputError: A file cannot be used or changes while it is read, a split is missing, or ``only_tasks`` names a
            task that is not there.
    """
    with unchanged(_files([config.data.model_dump(), config.tasks])):
        data = _load(config, split_file)
    return data if config.only_tasks is None else data.of_tasks(config.only_tasks)


def _files(value: Any) -> Iterator[str]:
    """Yield the names of files among the texts of a config."""
    if isinstance(value, str) and os.path.isfile(value):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _files(item)


def _load(config: Config, split_file: Path | None) -> RunData:
    if isinstance(config.data, SyntheticFaces):
        drawn = _synthetic(config.data)
        _say(drawn.rows)
        return drawn
    whole, report = _whole(config, config.data)
    names = [] if config.data.splits.fractions else _split_names(config.data.splits)
    report.check_left(names)
    report = report.of_splits(names) if names else report
    _say(report)
    said = split_note(config.data)
    if said is not None and split_file is not None and split_file.exists():
        rows = read_split(split_file, whole.annotations)
    else:
        rows = split_rows(whole.annotations, config.data, config.seed)
    parts = {part: whole.select(rows[part]) for part in PARTS}
    kept = None if said is None else (whole.annotations, rows)
    return RunData(whole.annotations.tasks, parts, note=said, rows=report, drawn=kept)


def _say(rows: RowReport) -> None:
    rank_zero_only(note)(rows.line())


def _split_names(splits: Splits) -> list[str]:
    return [name for part in PARTS if isinstance(name := getattr(splits, part), str)]


def _whole(config: Config, data: Table | Arff | Coco | Voc | Faces) -> tuple[Part, RowReport]:
    """Return all samples of a source, before they are split, and what became of every row."""
    if isinstance(data, Faces):
        annotations, images, rows = load_faces(data)
        return Part(annotations, images), rows
    if isinstance(data, Coco | Voc):
        part, rows = _with_images(*load_tagged_images(data))
    elif isinstance(data, Arff):
        part, rows = _arff(data, None if config.tasks is None else declared_tasks(config)), RowReport()
    else:
        part, rows = _table(data, declared_tasks(config))
    return part, used_rows(part.annotations) + rows + unannotated_rows(part.annotations)


def _with_images(annotations: Annotations, images: Any, rows: RowReport) -> tuple[Part, RowReport]:
    return Part(annotations, images), rows


@lru_cache(maxsize=2)  # many runs of one process share them
def _synthetic(data: SyntheticFaces) -> RunData:
    sizes = {"train": data.train, "val": data.val, "test": data.test}
    drawn = {split: synthetic_faces(size, seed=data.seed, split=split) for split, size in sizes.items()}
    parts = {split: Part(annotations, images) for split, (images, annotations) in drawn.items()}
    rows = RowReport(tuple(RowCount(split, USED, "", size) for split, size in sizes.items()))
    return RunData(SYNTHETIC_TASKS, parts, note="synthetic faces: drawn by a renderer, not photographs", rows=rows)


def declared_tasks(config: Config) -> TaskSet:
    """Return the tasks that a config declares.

    Raises:
        InputError: It declares none, or they are wrong.
    """
    if config.tasks is None:
        raise InputError("the config declares no tasks", expected="tasks: a file, or name: {type: ...} for each")
    if isinstance(config.tasks, str):
        return TaskSet.from_yaml(config.tasks)
    return TaskSet.from_dict(config.tasks, where="config")


def with_decisions(config: Config, tasks: TaskSet) -> Config:
    """Return a config that keeps what was decided of the columns of a table (``signed``), for every later reading.

    Args:
        config: The config.
        tasks: The tasks, of those that it declares, that were read.
    """
    decided = {task.name: task for task in tasks if task.source.signed}
    if not decided or not isinstance(config.data, Table):
        return config
    declared = TaskSet(decided.get(task.name, task) for task in declared_tasks(config))
    return config.model_copy(update={"tasks": declared.to_declarations()})


def _table(data: Table, tasks: TaskSet) -> tuple[Part, RowReport]:
    if Path(data.annotations).suffix.lower() == ".arff":
        raise InputError(f"{data.annotations} is no table", fix="data: {source: arff, files: {train: ..., test: ...}}")
    if (data.features is None) == (data.images is None):
        raise InputError("data names no input, or two", expected="either data.features or data.images")
    annotations = read_table(
        data.annotations,
        tasks,
        split_column=data.split_column if data.splits.fractions is None else None,
        id_column=data.id_column,
        group_column=data.group_column,
        missing=tuple(data.missing),
        layout=_layout(data),
    )
    if data.features is not None:
        return Part(annotations, np.asarray(load_features(data.features), dtype=np.float32)), RowReport()
    if annotations.ids is None:
        raise InputError("data.images needs data.id_column", expected="the column that names each row's image")
    allowed = ALLOWED if data.allow_missing is None else data.allow_missing
    where = Path(data.images or ""), annotations.ids.tolist(), annotations
    return _with_images(*load_listed_images(*where, size=data.size, channels=data.channels, allowed=allowed))


def load_inputs(config: Config, path: str | Path) -> Any:
    """Return new inputs of a run on features, [N, D]: an array, or for a run on ARFF files another such file.

    Its attributes are matched to those of the run's training file by name and value; labels need not be there.

    Raises:
        InputError: The file cannot be used, or the run was not trained on ARFF files.
    """
    if Path(path).suffix.lower() != ".arff":
        return load_features(path)
    if not isinstance(config.data, Arff):
        raise InputError(f"{path}: this run was not trained on ARFF files", expected=".npy, .npz or .safetensors")
    like = next(iter(_training_first(config.data).values()))
    tasks = None if config.tasks is None else declared_tasks(config)
    return _dense(read_arff_inputs(path, like, config.data.xml, tasks=tasks))


def _arff(data: Arff, tasks: TaskSet | None) -> Part:
    options: dict[str, Any] = {"tasks": tasks, "present": data.present, "task_name": data.task, "complete": True}
    annotations = read_arff_splits(_training_first(data), data.xml, **options)
    if annotations.features.shape[1] == 0:
        raise InputError("the ARFF files hold labels alone", expected="attributes that are inputs")
    return Part(annotations, _dense(annotations.features))


def _training_first(data: Arff) -> dict[str, str]:
    """Return the files, the training file first: it says which features there are."""
    return dict(sorted(data.files.items(), key=lambda item: item[0] != data.splits.train))


def _dense(features: Any) -> Any:
    return features.toarray() if sparse.issparse(features) else features


def _layout(data: Table) -> Layout:
    long = None if data.long is None else Long(**data.long.model_dump())
    return Layout(data.delimiter, tuple(data.names), data.decimal, long, data.quotes)
