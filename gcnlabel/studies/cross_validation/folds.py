"""The samples of a config, divided into folds, each of which is measured once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations, stratified_split
from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.run.data import Part, RunData, read_whole
from gcnlabel.run.intervals import units_of
from gcnlabel.sources.splits import PARTS, Rows

EVERY = "all samples, as the data have no test split of their own"
WITHOUT_TEST = "the training and validation splits, without the test split"


@dataclass(frozen=True)
class Fold:
    """One fold: what is measured on it, trained on the others.

    Attributes:
        config: The recipe.
        whole: All samples that the data source has.
        rows: Rows of ``train``, ``val`` and ``test``, which is the fold.
        number: Number of the fold, from 1.
    """

    config: Config
    whole: Part
    rows: Mapping[str, Rows]
    number: int

    @property
    def data(self) -> RunData:
        """The data: what is trained on, selected on and measured."""
        parts = {part: self.whole.select(self.rows[part]) for part in PARTS}
        data = RunData(self.whole.annotations.tasks, parts)
        return data if self.config.only_tasks is None else data.of_tasks(self.config.only_tasks)

    @property
    def digest(self) -> str:
        """A text that changes with the rows of the fold."""
        rows = b"".join(np.asarray(self.rows[part], dtype=np.int64).tobytes() + b";" for part in PARTS)
        return hashlib.sha256(rows).hexdigest()


def read_folds(config: Config, count: int, group_column: str | None = None) -> tuple[list[Fold], str]:
    """Read the data of a config and return its folds, and which of its samples they hold, in words.

    Args:
        config: The recipe; its seed also divides.
        count: Number of folds.
        group_column: Column of groups that are never divided, for a source that knows such.

    Raises:
        InputError: The data cannot be used, there are no such groups, or there are fewer samples or groups than folds.
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

    Samples are divided by :func:`~gcnlabel.annotations.stratified_split`: labels are spread over the folds alike, and
    groups and samples of one id stay together. Of the samples outside a fold, a share is held out in the same way, to
    select on.

    Args:
        annotations: All samples.
        used: Rows that are divided.
        count: Number of folds.
        held_out: Share of the samples outside a fold that is held out, in (0, 1).
        seed: Seed of what is left to chance.

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
    """Return what every report on folds of a config must say beside their results."""
    graph = (
        f"the graph of {config.graph.file} was not measured anew: if it has seen samples of a fold, that fold is easier"
    )
    on_test = "epochs are selected on held-out samples, not on the test split that select.split names"
    found = {
        config.data.note: config.data.note is not None,
        graph: config.graph.file is not None and config.model.head.has_graph,
        on_test: config.select.split == "test",
    }
    return [str(said) for said, is_so in found.items() if is_so]


def _with_groups(config: Config, column: str) -> Config:
    """Return a config whose data source reads a column of groups; they count where its splits have names, too."""
    data: Any = config.data
    if "group_column" not in type(data).model_fields:
        raise InputError(f"--groups {column}: data source {data.source!r} has no columns of groups", expected="a table")
    return config.model_copy(update={"data": data.model_copy(update={"group_column": column})})
