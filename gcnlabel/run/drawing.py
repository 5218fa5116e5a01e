"""The figures of one or several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from safetensors.torch import load_file
from torch import Tensor

from gcnlabel.errors import InputError
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
    save_figure,
    scatter_figure,
    scatter_table,
    similarity_figure,
    similarity_table,
)
from gcnlabel.files import existing_file
from gcnlabel.graph import LabelGraph
from gcnlabel.metrics.majority import majority
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.folder import RunFolder
from gcnlabel.tasks import Categorical, Dimensional, TaskSet


@dataclass
class FigureFolder:
    """Where figures go and how.

    Attributes:
        path: The folder.
        formats: ``pdf``, ``svg``, ``png``.
        overwrite: Whether figures that are there may be replaced.
        written: Files written so far.
    """

    path: Path
    formats: Sequence[str] = ("pdf",)
    overwrite: bool = False
    written: list[Path] = field(default_factory=list)

    def save(self, name: str, figure: Any, table: pl.DataFrame) -> None:
        """Write a figure in every format, and the numbers behind it as CSV."""
        self.written += save_figure(figure, self.path / name, self.formats, table=table, overwrite=self.overwrite)


def draw_figures(runs: Sequence[RunFolder], target: FigureFolder) -> list[Path]:
    """Draw every figure that the runs allow and return the files.

    Several runs of the same tasks share one figure for what can be compared side by side; each graph is drawn alone.

    Raises:
        InputError: A run is not finished, two runs have one name, or they predict different tasks.
    """
    names = run_names(runs)
    evaluations = {name: run.read_evaluation() for name, run in names.items()}
    predictions = {name: load_file(existing_file(run.predictions, "predictions")) for name, run in names.items()}
    data = load_data(runs[0].load_config(), runs[0].split)
    _check_same_tasks(evaluations, data.tasks)
    for name, run in names.items():
        if run.graph.exists():
            graph = LabelGraph.load(run.graph)
            target.save(f"adjacency_{name}", adjacency_figure(graph), adjacency_table(graph))
            target.save(f"label_graph_{name}", label_graph_figure(graph), label_graph_table(graph))
    vectors = {n: p["label_vectors"].double().numpy() for n, p in predictions.items() if "label_vectors" in p}
    if vectors:
        target.save("similarity", similarity_figure(vectors, data.tasks), similarity_table(vectors, data.tasks))
    for task in data.tasks:
        if isinstance(task, Categorical):
            matrices = {
                n: confusion_counts(p[f"scores/{task.name}"], p[f"targets/{task.name}"]) for n, p in predictions.items()
            }
            target.save(
                f"confusion_{task.name}",
                confusion_figure(matrices, task.classes),
                confusion_table(matrices, task.classes),
            )
    _draw_scatter(data, target)
    curves = {name: pl.read_csv(run.metrics) for name, run in names.items() if run.metrics.exists()}  # imported: none
    if curves:
        target.save("curves", curves_figure(curves), curves_table(curves))
    if len(runs) > 1:
        results = {name: flat_metrics(evaluation) for name, evaluation in evaluations.items()}
        target.save("comparison", comparison_figure(results), comparison_table(results))
    return target.written


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


def _check_same_tasks(evaluations: dict[str, dict[str, Any]], tasks: TaskSet) -> None:
    for name, evaluation in evaluations.items():
        if tuple(evaluation["tasks"]) != tasks.names:
            raise InputError(
                f"run {name} predicts {', '.join(evaluation['tasks'])}",
                expected=", ".join(tasks.names) + " in every run",
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


def _draw_scatter(data: RunData, target: FigureFolder) -> None:
    """Draw the first two dimensions by the first categorical task, where there are such (Fig. 1)."""
    classes = next((task for task in data.tasks if isinstance(task, Categorical)), None)
    dims = next((task for task in data.tasks if isinstance(task, Dimensional) and len(task) > 1), None)
    if classes is None or dims is None:
        return
    annotations = data.parts["train"].annotations
    values = annotations.targets[dims.name][:, :2]
    codes = majority(torch.as_tensor(annotations.targets[classes.name])).numpy()
    arguments = (values, codes, classes.classes, dims.dims[:2])
    figure = scatter_figure(*arguments, title="training split")
    target.save(f"scatter_{dims.name}", figure, scatter_table(*arguments))
