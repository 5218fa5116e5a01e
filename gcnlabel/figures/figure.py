"""Registry of the figures of runs, and the interface of their input."""

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
"""Figure name -> function from :class:`Runs` to :data:`Drawings`; its keyword-only arguments are its options."""

Drawings = Mapping[str, Callable[[], tuple[Figure, pl.DataFrame]]]
"""File name -> function that returns the figure and its data; a figure that fails does not affect the others."""


class Runs(Protocol):
    """One or several runs of the same tasks, whose files are read on first use."""

    @property
    def names(self) -> list[str]:
        """Names of the runs."""

    @property
    def tasks(self) -> TaskSet | None:
        """Tasks that all runs predict; None if there are none."""

    @property
    def graphs(self) -> Mapping[str, LabelGraph]:
        """Run -> its label graph, for the runs that have one."""

    @property
    def predictions(self) -> Mapping[str, Mapping[str, Tensor]]:
        """Run -> ``scores/<task>`` [N, labels], ``targets/<task>`` and ``label_vectors``, from its evaluation."""

    @property
    def epochs(self) -> Mapping[str, pl.DataFrame]:
        """Run -> its ``metrics.csv``, for the runs that have one."""

    @property
    def selected(self) -> Mapping[str, int]:
        """Run -> its selected epoch, for the runs that were trained as one model."""

    @property
    def results(self) -> Mapping[str, Mapping[str, float]]:
        """Run -> ``task/metric`` -> value of its evaluation."""

    @property
    def groups(self) -> Sequence[Group]:
        """Groups of runs that differ only in their seed; every run is in one group."""

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
    """Return a drawing ``<name>_<task>`` for each task with ``suits(task)``, from the runs with predictions."""

    def drawn(task: Task) -> tuple[Figure, pl.DataFrame]:
        keys = f"scores/{task.name}", f"targets/{task.name}"
        numbers = table({run: (of[keys[0]], of[keys[1]]) for run, of in runs.predictions.items()}, task)
        return figure(numbers, runs.groups), numbers

    there = [task for task in runs.tasks or () if runs.predictions and suits(task)]
    return {f"{name}_{task.name}": partial(drawn, task) for task in there}
