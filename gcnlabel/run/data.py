"""The data of a run: annotations and inputs of its three parts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from gcnlabel.annotations import Annotations, read_arff_splits, read_table
from gcnlabel.config.schema import Config
from gcnlabel.config.sources import Arff, Coco, Faces, SyntheticFaces, Table, Voc
from gcnlabel.config.splits import PARTS
from gcnlabel.data import SYNTHETIC_TASKS, load_features, load_images, synthetic_faces
from gcnlabel.data.lazy_images import LazyImages
from gcnlabel.errors import InputError
from gcnlabel.files import unchanged
from gcnlabel.run.faces import load_faces
from gcnlabel.run.splitting import Rows, read_split, split_note, split_rows, write_split
from gcnlabel.run.tagged_images import load_tagged_images
from gcnlabel.tasks import TaskSet


@dataclass(frozen=True)
class Part:
    """Annotations of one part of the data and the inputs that belong to them, row by row.

    Attributes:
        annotations: Targets of N samples.
        inputs: Features [N, D], or images uint8 [N, C, H, W].
    """

    annotations: Annotations
    inputs: Any

    def __post_init__(self) -> None:
        """Check that inputs and annotations have the same rows."""
        if len(self.inputs) != len(self.annotations):
            raise InputError(
                f"{len(self.inputs)} rows of inputs", expected=f"{len(self.annotations)}, one a row of the annotations"
            )

    def select(self, rows: Any) -> Part:
        """Return some of the samples; images on disk are not read."""
        inputs = self.inputs.select(rows) if isinstance(self.inputs, LazyImages) else self.inputs[rows]
        return Part(self.annotations.select(rows), inputs)


@dataclass(frozen=True)
class RunData:
    """The three parts of the data.

    Attributes:
        tasks: Tasks that are annotated.
        parts: ``train``, ``val`` and ``test``.
        note: What every report on this data must say, or None.
        drawn: All annotations and the rows of each part, where the split was drawn by fractions.
    """

    tasks: TaskSet
    parts: dict[str, Part]
    note: str | None = None
    drawn: tuple[Annotations, dict[str, Rows]] | None = None

    def keep_split(self, path: Path) -> None:
        """Write the split to a file where it was drawn."""
        if self.drawn is not None:
            write_split(path, *self.drawn)

    def of_tasks(self, names: Sequence[str]) -> RunData:
        """Return the data with some of its tasks alone."""
        tasks = TaskSet([self.tasks[name] for name in names])
        parts = {name: Part(part.annotations.of_tasks(tasks), part.inputs) for name, part in self.parts.items()}
        return replace(self, tasks=tasks, parts=parts)


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
        return _synthetic(config.data)
    whole, note = _whole(config, config.data), split_note(config.data)
    if note is not None and split_file is not None and split_file.exists():
        rows = read_split(split_file, whole.annotations)
    else:
        rows = split_rows(whole.annotations, config.data, config.seed)
    parts = {part: whole.select(rows[part]) for part in PARTS}
    return RunData(whole.annotations.tasks, parts, note, None if note is None else (whole.annotations, rows))


def _whole(config: Config, data: Table | Arff | Coco | Voc | Faces) -> Part:
    """Return all samples of a source, before they are split."""
    if isinstance(data, Faces):
        return Part(*load_faces(data))
    if isinstance(data, Coco | Voc):
        return Part(*load_tagged_images(data))
    return _arff(data) if isinstance(data, Arff) else _table(data, _tasks(config))


@lru_cache(maxsize=2)  # many runs of one process share them
def _synthetic(data: SyntheticFaces) -> RunData:
    sizes = {"train": data.train, "val": data.val, "test": data.test}
    drawn = {split: synthetic_faces(size, seed=data.seed, split=split) for split, size in sizes.items()}
    parts = {split: Part(annotations, images) for split, (images, annotations) in drawn.items()}
    return RunData(SYNTHETIC_TASKS, parts, note="synthetic faces: drawn by a renderer, not photographs")


def _tasks(config: Config) -> TaskSet:
    if config.tasks is None:
        raise InputError("the config declares no tasks", expected="tasks: a file, or name: {type: ...} for each")
    if isinstance(config.tasks, str):
        return TaskSet.from_yaml(config.tasks)
    return TaskSet.from_dict(config.tasks, where="config")


def _table(data: Table, tasks: TaskSet) -> Part:
    if (data.features is None) == (data.images is None):
        raise InputError("data names no input, or two", expected="either data.features or data.images")
    annotations = read_table(
        data.annotations,
        tasks,
        split_column=data.split_column if data.splits.fractions is None else None,
        id_column=data.id_column,
        group_column=data.group_column,
        missing=tuple(data.missing),
    )
    if data.features is not None:
        return Part(annotations, np.asarray(load_features(data.features), dtype=np.float32))
    if annotations.ids is None:
        raise InputError("data.images needs data.id_column", expected="the column that names each row's image")
    images = load_images(Path(data.images or ""), annotations.ids.tolist(), size=data.size, channels=data.channels)
    return Part(annotations, images)


def _arff(data: Arff) -> Part:
    annotations = read_arff_splits(data.files, data.xml, task_name=data.task)
    features = annotations.features
    dense = np.asarray(features.toarray() if sparse.issparse(features) else features, dtype=np.float32)
    if not np.isfinite(dense).all():
        row, column = np.argwhere(~np.isfinite(dense))[0]
        raise InputError(f"feature {column} of sample {row} is missing", fix="fill in missing features first")
    return Part(annotations, dense)
