"""Sections on metrics: training curves, labels, confusion, precision and recall, similarity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from markupsafe import Markup
from torch import Tensor

from gcnlabel.figures import label_similarity
from gcnlabel.figures.seeds import grouped
from gcnlabel.metrics.multilabel import average_precision
from gcnlabel.report.label_scores import confusion, label_rows, positives, precision_recall, scores_of
from gcnlabel.report.lines import line_chart
from gcnlabel.report.matrices import matrix
from gcnlabel.report.page import render
from gcnlabel.report.reading import ReportRuns
from gcnlabel.tasks import Task

RECALLS = np.linspace(0, 1, 26)
MAX_CURVES = 120
"""Largest number of labels with a precision-recall curve."""


def curves(runs: ReportRuns) -> Markup:
    """Return the loss and the main metrics by epoch, with a ring at the selected epoch of each run."""
    wanted = ["loss", *(f"{task.name}/{task.main_metric}" for task in runs.tasks or ())]
    names = dict.fromkeys(_metric(column, wanted) for table in runs.epochs.values() for column in table.columns)
    charts = [_curve(runs, name) for name in names if name]
    return render(
        "charts.html", charts=charts, text="Solid: the split for checkpoint selection; dashed: the training split."
    )


def _metric(column: str, wanted: list[str]) -> str:
    """Return the chart of a column, empty for none; losses of base models have a chart of their own."""
    metric = column.partition("/")[2]
    return metric if metric in wanted else "loss of base models" if metric.startswith("loss of ") else ""


def _curve(runs: ReportRuns, name: str) -> Markup:
    epochs = sorted({epoch for table in runs.epochs.values() for epoch in table["epoch"].to_list()})
    lines: dict[str, list[float | None]] = {}
    dashed, marks, groups, entries = [], {}, grouped(runs.configs, runs.names), {}
    for run, table in runs.epochs.items():
        for column in sorted(table.columns, key=lambda column: column.startswith("train/")):
            split, _, metric = column.partition("/")
            if metric != name and not (name == "loss of base models" and metric.startswith("loss of ")):
                continue
            line = f"{run}, {column if name == 'loss of base models' else split}"
            lines[line] = _at(table, column, epochs)
            entries[line] = (f"{groups[run][0]}, {split}", groups[run][1])
            if split == "train":
                dashed.append(line)
            elif run in runs.evaluations:
                marks[line] = int(runs.evaluations[run]["selected"]["epoch"])
    marks = {line: epoch for line, epoch in marks.items() if epoch in epochs}
    if name == "loss of base models":
        entries = {line: (line, k) for k, line in enumerate(lines)}
    return line_chart(name, epochs, lines, axes=("epoch", name), dashed=dashed, marks=marks, entries=entries)


def _at(table: pl.DataFrame, column: str, epochs: list[int]) -> list[float | None]:
    known = dict(zip(table["epoch"].to_list(), table[column].to_list(), strict=True))
    return [known.get(epoch) for epoch in epochs]


def labels(runs: ReportRuns) -> Markup:
    """Return the metrics of each label: one sortable table per run and task, with one search field for all."""
    tables = []
    for run, task, scores, targets in _scored(runs):
        measured = runs.evaluations.get(run, {}).get("tasks", {}).get(task.name, {})
        rows = label_rows(task, scores, targets, runs.thresholds(run, task), measured)
        columns = [name for name in rows[0] if any(row[name] is not None for row in rows)]
        tables.append({"run": run, "task": task, "columns": columns, "rows": rows})
    return render("labels.html", tables=tables) if tables else Markup()


def confusions(runs: ReportRuns) -> Markup:
    """Return the confusion matrix of each categorical task and run: counts, coloured by the fraction of the class."""
    charts = []
    for run, task, scores, targets in _scored(runs):
        if task.exclusive:
            counts = confusion(scores, targets).astype(float)
            total = counts.sum(1, keepdims=True)
            shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
            names = [f"{label} ({int(n)})" for label, n in zip(task.labels, total[:, 0], strict=True)]
            title = f"{task.name}, {run}"
            words = ("annotated (samples)", "predicted")
            charts.append(matrix(title, shares, names, task.labels, words=words, limit=1.0, counts=counts))
    return render("charts.html", charts=charts, text="Counts; colour: share of the samples of the annotated class.")


def precision_recall_curves(runs: ReportRuns) -> Markup:
    """Return the precision-recall curves of each class and tag, with one line per run."""
    found: dict[tuple[str, int], dict[str, tuple[float, list[float]]]] = {}
    titles = {}
    for run, task, scores, targets in _scored(runs):
        if task.discrete:
            has, seen = positives(task, scores, targets)
            values = scores_of(task, scores)
            for i in range(min(len(task), MAX_CURVES)):
                of_label, positive = values[seen[:, i], i], has[seen[:, i], i]
                if positive.any():
                    titles[task.name, i] = f"{task.labels[i]}, {int(positive.sum())} samples"
                    curve = precision_recall(of_label, positive, RECALLS)
                    found.setdefault((task.name, i), {})[run] = average_precision(of_label, positive), curve
    groups = grouped(runs.configs, runs.names)
    charts = [_precision_recall(titles[key], of_runs, groups) for key, of_runs in found.items()]
    text = "The highest precision at each recall or a higher one; AP is the mean over seeds."
    return render("charts.html", charts=charts, text=text)


def _precision_recall(
    title: str, of_runs: dict[str, tuple[float, list[float]]], groups: dict[str, tuple[str, int]]
) -> Markup:
    areas: dict[str, list[float]] = {}
    for run, (area, _) in of_runs.items():
        areas.setdefault(groups[run][0], []).append(area)
    entries = {}
    for run in of_runs:
        name, colour = groups[run]
        entries[run] = (f"{name} (AP {np.mean(areas[name]):.2f})", colour)
    lines = {run: curve for run, (_, curve) in of_runs.items()}
    recalls = RECALLS.round(2).tolist()
    axes, size = ("recall", "precision"), (250, 190)
    return line_chart(title, recalls, lines, axes=axes, size=size, limits=(0.0, 1.0), entries=entries)


def similarity(runs: ReportRuns) -> Markup:
    """Return the cosine similarities of the label vectors of each run that has some."""
    charts = []
    for run, found in runs.predictions.items():
        if "label_vectors" in found and runs.tasks is not None:
            values = label_similarity(found["label_vectors"].double().numpy())
            names = [label for task in runs.tasks for label in task.labels]
            charts.append(matrix(run, values, names, names, words=("label", "label"), limit=1.0, grey_diagonal=True))
    return render("charts.html", charts=charts, text="Cosine of the angle between label vectors, -1 to 1.")


def _scored(runs: ReportRuns) -> Iterator[tuple[str, Task, Tensor, Any]]:
    """Yield run, task, scores and targets."""
    for task in runs.tasks or ():
        for run, found in runs.predictions.items():
            yield run, task, found[f"scores/{task.name}"], found[f"targets/{task.name}"]
