"""The figures of one or several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.figures import (
    adjacency_figure,
    adjacency_table,
    comparison_figure,
    comparison_table,
    confusion_figure,
    confusion_table,
    curves_figure,
    curves_table,
    label_graph_figure,
    label_graph_table,
    scatter_figure,
    scatter_table,
    similarity_figure,
    similarity_table,
)
from gcnlabel.graph import LabelGraph
from gcnlabel.metrics.majority import majority
from gcnlabel.run.data import load_data
from gcnlabel.run.figure_folder import FigureFolder as FigureFolder
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.reading import read_epochs, read_predictions
from gcnlabel.run.tasks import run_tasks
from gcnlabel.tasks import TaskSet


def draw_figures(runs: Sequence[RunFolder], target: FigureFolder) -> list[Path]:
    """Draw every figure that the runs allow and return the files.

    Several runs of the same tasks share one figure for what can be compared side by side; each graph is drawn alone.
    The data is read for the figure that shows data alone.

    Raises:
        InputError: A folder holds no run, two runs have one name or predict different tasks, or nothing can be drawn.

    Warns:
        GcnlabelWarning: Something cannot be drawn.
    """
    names = run_names(runs)
    for run in runs:
        run.refuse_none()
    graphs, tasks = {}, {}
    for name, run in names.items():
        with target.unless_damaged(f"the graph of {name}"):
            if run.graph.exists():
                graphs[name] = LabelGraph.load(run.graph)
        with target.unless_damaged(f"scores of {name}"):
            tasks[name] = run_tasks(run)
    _check_same_tasks(tasks)
    for name, graph in graphs.items():
        with target.unless_damaged(f"adjacency_{name}"):
            target.save(f"adjacency_{name}", adjacency_figure(graph), adjacency_table(graph))
        with target.unless_damaged(f"label_graph_{name}"):
            target.save(f"label_graph_{name}", label_graph_figure(graph), label_graph_table(graph))
    if tasks:
        _draw_predictions(names, tasks, target)
        _draw_scatter(names[next(iter(tasks))], next(iter(tasks.values())), target)
    _draw_measured(names, target)
    if not target.drawn:
        raise InputError(f"nothing of {shorten(names)} can be drawn", where=shorten(target.missing))
    target.write()
    return target.written


def _draw_predictions(names: Mapping[str, RunFolder], tasks: Mapping[str, TaskSet], target: FigureFolder) -> None:
    """Draw the label vectors and confusions of the runs whose predictions are there."""
    found = {}
    for name in tasks:
        with target.unless_damaged(f"predictions of {name}"):
            found[name] = read_predictions(names[name].predictions, tasks[name])
    shared = next(iter(tasks.values()))
    vectors = {n: p["label_vectors"].double().numpy() for n, p in found.items() if "label_vectors" in p}
    if vectors:
        with target.unless_damaged("similarity"):
            target.save("similarity", similarity_figure(vectors, shared), similarity_table(vectors, shared))
    for task in shared:
        if task.exclusive and found:
            with target.unless_damaged(f"confusion_{task.name}"):
                matrices = {
                    n: confusion_counts(p[f"scores/{task.name}"], p[f"targets/{task.name}"]) for n, p in found.items()
                }
                figure = confusion_figure(matrices, task.labels)
                target.save(f"confusion_{task.name}", figure, confusion_table(matrices, task.labels))


def _draw_measured(names: Mapping[str, RunFolder], target: FigureFolder) -> None:
    """Draw the curves of the runs, and their metrics beside each other."""
    curves, results = {}, {}
    for name, run in names.items():
        with target.unless_damaged(f"curves of {name}"):
            if run.metrics.exists():  # imported: none
                curves[name] = read_epochs(run.metrics)
        if len(names) > 1:
            with target.unless_damaged(f"comparison with {name}"):
                results[name] = flat_metrics(run.read_evaluation())
    if curves:
        with target.unless_damaged("curves"):
            target.save("curves", curves_figure(curves), curves_table(curves))
    if len(results) > 1:
        with target.unless_damaged("comparison"):
            target.save("comparison", comparison_figure(results), comparison_table(results))


def run_names(runs: Sequence[RunFolder]) -> dict[str, RunFolder]:
    """Return the runs by the name of their folder.

    Raises:
        InputError: Two folders have one name.
    """
    names = {run.path.resolve().name: run for run in runs}
    if len(names) < len(runs):
        raise InputError("two runs have folders of one name", fix="rename one: the name is printed in the figures")
    return names


def flat_metrics(evaluation: dict[str, Any]) -> dict[str, float]:
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


def confusion_counts(scores: Tensor, targets: Tensor) -> np.ndarray[Any, Any]:
    """Return how often each class [row] was taken for each [column], from scores [N, K] and targets [N], -1 = missing.

    Of shares of classes [N, K], the majority is the target.

    Example:
        >>> confusion_counts(torch.eye(2), torch.tensor([0, 0])).tolist()
        [[1, 1], [0, 0]]
    """
    targets = majority(targets)
    seen = targets >= 0
    counts = np.zeros((scores.shape[1], scores.shape[1]), dtype=np.int64)
    np.add.at(counts, (targets[seen].numpy(), scores[seen].argmax(1).numpy()), 1)
    return counts


def _draw_scatter(run: RunFolder, tasks: TaskSet, target: FigureFolder) -> None:
    """Draw the first two dimensions by the first categorical task, where there are such (Fig. 1)."""
    classes = next((task for task in tasks if task.exclusive), None)
    dims = next((task for task in tasks if not task.discrete and len(task) > 1), None)
    if classes is None or dims is None:
        return
    with target.unless_damaged(f"scatter_{dims.name}"):
        annotations = load_data(run.load_config(), run.split).parts["train"].annotations
        values = annotations.targets[dims.name][:, :2]
        codes = majority(torch.as_tensor(annotations.targets[classes.name])).numpy()
        arguments = (values, codes, classes.labels, dims.labels[:2])
        figure = scatter_figure(*arguments, title="training split")
        target.save(f"scatter_{dims.name}", figure, scatter_table(*arguments))
