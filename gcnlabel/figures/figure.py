"""Figures of runs by name, and their data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

import polars as pl
from matplotlib.figure import Figure
from torch import Tensor

from gcnlabel.annotations import Annotations
from gcnlabel.figures.seeds import Group
from gcnlabel.graph import LabelGraph
from gcnlabel.registry import Registry
from gcnlabel.tasks import Task, TaskSet

FIGURES = Registry("figure", "gcnlabel.figures")
"""Functions of :class:`Runs` that return :data:`Drawings`; their keyword-only arguments are their options."""

Drawings = Mapping[str, Callable[[], tuple[Figure, pl.DataFrame]]]
"""File name -> function that draws it and returns its numbers. A figure that fails does not affect the others."""


class Runs(Protocol):
    """One or several runs of the same tasks; data is read on first use."""

    @property
    def names(self) -> list[str]:
        """Names of the runs."""

    @property
    def tasks(self) -> TaskSet | None:
        """Tasks that all runs predict; None where no run has them."""

    @property
    def graphs(self) -> Mapping[str, LabelGraph]:
        """Run -> its label graph, where it has one."""

    @property
    def predictions(self) -> Mapping[str, Mapping[str, Tensor]]:
        """Run -> ``scores/<task>`` [N, labels], ``targets/<task>`` and ``label_vectors``, from its evaluation."""

    @property
    def epochs(self) -> Mapping[str, pl.DataFrame]:
        """Run -> its table of epochs, where it was trained here."""

    @property
    def selected(self) -> Mapping[str, int]:
        """Run -> its selected epoch, where it was trained here and as one model."""

    @property
    def results(self) -> Mapping[str, Mapping[str, float]]:
        """Run -> ``task/metric`` -> value of its evaluation."""

    @property
    def groups(self) -> Sequence[Group]:
        """Runs that differ in their seed alone, together; every run is in one group."""

    @property
    def training(self) -> Annotations:
        """Annotations of the training split of the first run."""


Scored = Mapping[str, tuple[Tensor, Tensor]]
"""Name of a run -> scores and targets of a task."""


def drawings_of_tasks(
    runs: Runs,
    name: str,
    suits: Callable[[Task], bool],
    table: Callable[[Scored, Task], pl.DataFrame],
    figure: Callable[[pl.DataFrame, Sequence[Group]], Figure],
) -> Drawings:
    """Return a drawing of each task that suits, ``<name>_<task>``, of the runs with predictions."""

    def drawn(task: Task) -> tuple[Figure, pl.DataFrame]:
        keys = f"scores/{task.name}", f"targets/{task.name}"
        numbers = table({run: (of[keys[0]], of[keys[1]]) for run, of in runs.predictions.items()}, task)
        return figure(numbers, runs.groups), numbers

    there = [task for task in runs.tasks or () if runs.predictions and suits(task)]
    return {f"{name}_{task.name}": partial(drawn, task) for task in there}
