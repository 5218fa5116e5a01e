"""Divide the samples of a config into folds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations, stratified_split
from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.run.data import RunData, SampleSet, read_whole
from gcnlabel.run.intervals import units_of
from gcnlabel.sources.splits import PARTS, Rows

EVERY = "all samples, because the data have no named test split"
WITHOUT_TEST = "the training and validation splits, without the test split"


@dataclass(frozen=True)
class Fold:
    """One fold: its config, and the split of the samples.

    Attributes:
        config: The config.
        whole: All samples of the data source.
        rows: Rows of ``train``, ``val`` and ``test``; ``test`` is the fold.
        number: Number of the fold, from 1.
    """

    config: Config
    whole: SampleSet
    rows: Mapping[str, Rows]
    number: int

    @property
    def data(self) -> RunData:
        """The data with splits for training, selection and evaluation."""
        parts = {part: self.whole.select(self.rows[part]) for part in PARTS}
        data = RunData(self.whole.annotations.tasks, parts)
        return data if self.config.only_tasks is None else data.of_tasks(self.config.only_tasks)

    @property
    def digest(self) -> str:
        """Hash of the rows of the fold."""
        rows = b"".join(np.asarray(self.rows[part], dtype=np.int64).tobytes() + b";" for part in PARTS)
        return hashlib.sha256(rows).hexdigest()


def read_folds(config: Config, count: int, group_column: str | None = None) -> tuple[list[Fold], str]:
    """Read the data of a config; return its folds, and a description of the divided samples.

    Args:
        config: The config; its seed is also that of the folds.
        count: Number of folds.
        group_column: Column of groups that stay together, for a source with groups.

    Raises:
        InputError: The data cannot be used, the groups do not exist, or there are fewer samples or groups than folds.
    """
    source = config if group_column is None else _with_groups(config, group_column)
    whole, _ = read_whole(source)
    rows = source.data.split_rows(whole.annotations, config.seed)
    if source.data.splits.fractions is not None:
        used, said = np.arange(len(whole.annotations)), EVERY
    else:
        used, said = np.setdiff1d(np.concatenate([rows["train"], rows["val"]]), rows["test"]), WITHOUT_TEST
    held_out = len(rows["val"]) / (len(rows["train"]) + len(rows["val"]))
    config = config.model_copy(
        update={
            "select": config.select.model_copy(update={"split": "val"}),
            "evaluate": config.evaluate.model_copy(update={"split": "test"}),
        }
    )
    divided = folds_of(whole.annotations, used, count, held_out, config.seed)
    return [Fold(config, whole, of_fold, k) for k, of_fold in enumerate(divided, 1)], said


def folds_of(annotations: Annotations, used: Rows, count: int, held_out: float, seed: int = 0) -> list[dict[str, Rows]]:
    """Return the rows of ``train``, ``val`` and ``test`` of each fold.

    Samples are divided by :func:`~gcnlabel.annotations.stratified_split`, stratified by labels; groups and samples of
    one id stay together. A share of the samples outside a fold is held out in the same way, to select the epoch.

    Args:
        annotations: All samples.
        used: Rows to divide.
        count: Number of folds.
        held_out: Share of the samples outside a fold to hold out, in (0, 1).
        seed: Random seed.

    Raises:
        InputError: There are fewer samples, or groups, than folds.

    Example:
        >>> from gcnlabel.tasks import MultiLabel, TaskSet
        >>> tags = np.array([[1, 0], [0, 1]] * 6)
        >>> annotations = Annotations(TaskSet([MultiLabel("tags", ["cat", "dog"])]), {"tags": tags})
        >>> [tags[fold["test"]].sum(0).tolist() for fold in folds_of(annotations, np.arange(12), 3, 0.25)]
        [[2, 2], [2, 2], [2, 2]]
    """
    chosen = annotations.select(used)
    units = units_of(chosen)
    there, what = (len(used), "samples") if units is None else (len(np.unique(units)), "groups")
    if there < count:
        raise InputError(f"{count} folds of {there} {what}", expected=f"at most {there} folds")
    fractions = {f"fold {k}": 1 / count for k in range(1, count + 1)}
    found = []
    for fold in stratified_split(chosen, fractions, seed).values():
        outside = np.setdiff1d(np.arange(len(used)), fold)
        shares = {"train": 1 - held_out, "val": held_out}
        inner = stratified_split(chosen.select(outside), shares, seed)
        rows = {part: np.sort(used[outside[of_part]]) for part, of_part in inner.items()}
        found.append({**rows, "test": np.sort(used[fold])})
    return found


def notes_on(config: Config) -> list[str]:
    """Return notes for every report on folds of a config."""
    graph = (
        f"the graph of {config.graph.file} was not measured on the training samples of each fold: results are "
        "optimistic if it was measured on samples of a fold"
    )
    on_test = "epochs are selected on held-out samples, not on the test split that select.split names"
    found = {
        config.data.note: config.data.note is not None,
        graph: config.graph.file is not None and config.model.head.has_graph,
        on_test: config.select.split == "test",
    }
    return [str(said) for said, is_so in found.items() if is_so]


def _with_groups(config: Config, column: str) -> Config:
    """Return a config whose data source reads a column of groups, also if its splits have names."""
    data: Any = config.data
    if "group_column" not in type(data).model_fields:
        raise InputError(f"--groups {column}: data source {data.source!r} has no columns of groups", expected="a table")
    return config.model_copy(update={"data": data.model_copy(update={"group_column": column})})
