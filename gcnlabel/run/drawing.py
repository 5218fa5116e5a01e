"""Draw the figures of one or several runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import polars as pl
from torch import Tensor

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, shorten
from gcnlabel.figures import FIGURES
from gcnlabel.figures.seeds import Group, groups_of
from gcnlabel.graph import LabelGraph
from gcnlabel.progress import Report, counted
from gcnlabel.run.data import load_data
from gcnlabel.run.figure_folder import FigureFolder as FigureFolder
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.reading import read_epochs, read_plain_config, read_predictions
from gcnlabel.run.tasks import run_tasks
from gcnlabel.tasks import TaskSet

Read = TypeVar("Read")


def draw_figures(
    runs: Sequence[RunFolder],
    target: FigureFolder,
    figures: Sequence[str | Mapping[str, Any]] | None = None,
    *,
    graphs: Sequence[str | Path] = (),
    progress: Report | None = None,
) -> list[Path]:
    """Draw figures of runs, and of label graphs without a run, and return the files.

    Several runs of the same tasks share one figure where they can be compared; each graph has its own figure. The data
    is read only for figures that show data.

    Args:
        runs: The runs.
        target: Folder and formats of the figures.
        figures: Figures to draw: names, or mappings of ``name`` and options; None for all possible ones.
        graphs: Files of label graphs.
        progress: Called with the number of finished figures and of all figures.

    Raises:
        InputError: Runs and graphs cannot be read together (see :class:`ReadRuns`), or no figure can be drawn.

    Warns:
        GcnlabelWarning: A figure cannot be drawn.
    """
    parts = [FIGURES.checked(part) for part in (FIGURES.names() if figures is None else figures)]
    read = ReadRuns(runs, target, graphs)
    for part in counted(parts, len(parts), progress):
        drawings = {}
        with target.unless_damaged(part.name):
            drawings = FIGURES.make(part, read)
        for name, draw in drawings.items():
            with target.unless_damaged(name):
                target.save(name, *draw())
    if not target.drawn:
        why = shorten(target.missing) if target.missing else None
        raise InputError(f"no figure of {shorten(read.names)} can be drawn", where=why)
    target.write()
    return target.written


class Noting(Protocol):
    """Collects the reasons why content cannot be read."""

    def unless_damaged(self, what: str) -> AbstractContextManager[None]:
        """Return a context that notes why ``what`` cannot be read, and suppresses the error."""


class ReadRuns:
    """Lazily read content of runs, for figures (:class:`gcnlabel.figures.Runs`).

    Args:
        folders: The runs.
        target: Collects what cannot be read.
        graphs: Files of label graphs without a run.

    Raises:
        InputError: A folder holds no run, a file no graph, two have the same name, or they predict different tasks.
    """

    def __init__(self, folders: Sequence[RunFolder], target: Noting, graphs: Sequence[str | Path] = ()) -> None:
        self._target = target
        self._folders = {run.path.resolve().name: run for run in folders}
        self._graphs = {Path(path).stem: LabelGraph.load(path) for path in graphs}
        if len({*self._folders, *self._graphs}) < len(folders) + len(graphs):
            raise InputError("two runs or graphs have the same name", fix="rename one: figures show the names")
        for run in folders:
            run.refuse_none()
        self._tasks = self._each("scores", lambda name, run: run_tasks(run))
        _check_same_tasks(self._tasks)

    @property
    def names(self) -> list[str]:
        """Names of the runs and graphs: those of their folders and files."""
        return [*self._folders, *self._graphs]

    @property
    def tasks(self) -> TaskSet | None:
        """Tasks of all runs; None if no run has readable tasks."""
        return next(iter(self._tasks.values()), None)

    @cached_property
    def graphs(self) -> dict[str, LabelGraph]:
        """Run or file -> its label graph, if any."""
        of_runs = self._each("the graph", lambda name, run: LabelGraph.load(run.graph) if run.graph.exists() else None)
        return of_runs | self._graphs

    @cached_property
    def predictions(self) -> dict[str, dict[str, Tensor]]:
        """Run -> scores, targets and label vectors."""
        return self._each(
            "predictions",
            lambda name, run: read_predictions(run.predictions, self._tasks[name]) if name in self._tasks else None,
        )

    @cached_property
    def epochs(self) -> dict[str, pl.DataFrame]:
        """Run -> its table of epochs (imported runs have none)."""
        return self._each("curves", lambda name, run: read_epochs(run.metrics) if run.metrics.exists() else None)

    @cached_property
    def selected(self) -> dict[str, int]:
        """Run -> its selected epoch; not for base models that were trained separately, which have their own epochs."""
        return self._each(
            "curves",
            lambda name, run: (
                run.read_evaluation()["selected"]["epoch"] if run.last.exists() and run.evaluation.exists() else None
            ),
        )

    @cached_property
    def results(self) -> dict[str, dict[str, float]]:
        """Run -> ``task/metric`` -> value of its evaluation."""
        return self._each("comparison", lambda name, run: flat_metrics(run.read_evaluation()))

    @cached_property
    def configs(self) -> dict[str, dict[str, Any]]:
        """Run -> its config as plain values, to show and compare; code that it names is not run."""
        return self._each("config.yaml", lambda name, run: read_plain_config(run.config))

    @cached_property
    def groups(self) -> list[Group]:
        """Groups of runs that differ only in their seed; a run with an unreadable config is its own group."""
        return groups_of(self.configs, [*self._folders])

    @cached_property
    def training(self) -> Annotations:
        """Annotations of the training split of the first run with readable tasks."""
        run = self._folders[next(iter(self._tasks))]
        return load_data(run.load_config(), run.split, progress=True).parts["train"].annotations

    def _each(self, what: str, read: Callable[[str, RunFolder], Read | None]) -> dict[str, Read]:
        """Return run -> content that ``read`` returns, without runs where it is missing or damaged."""
        found = {}
        for name, run in self._folders.items():
            with self._target.unless_damaged(f"{what} of {name}"):
                content = read(name, run)
                if content is not None:
                    found[name] = content
        return found


def flat_metrics(evaluation: Mapping[str, Any]) -> dict[str, float]:
    """Return ``task/metric`` -> value of an evaluation."""
    return {
        f"{task}/{name}": value
        for task, values in evaluation["tasks"].items()
        for name, value in values.items()
        if isinstance(value, float)
    }


def _check_same_tasks(tasks: Mapping[str, TaskSet]) -> None:
    first = next(iter(tasks.values()), None)
    for name, of_run in tasks.items():
        if first is not None and of_run.names != first.names:
            raise InputError(
                f"run {name} predicts {', '.join(of_run.names)}",
                expected=", ".join(first.names) + " in every run",
            )
