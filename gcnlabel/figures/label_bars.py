"""Bar chart of the average precision of each label, with its number of samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from torchmetrics.functional.classification import binary_average_precision

from gcnlabel.figures.figure import FIGURES, Drawings, Runs, Scored, drawings_of_tasks
from gcnlabel.figures.legend import add_legend, handles_of
from gcnlabel.figures.seeds import Group, lines_of
from gcnlabel.figures.style import COLUMN, colour, new_figure, styled, width_or
from gcnlabel.figures.text import shortened
from gcnlabel.tasks import Task

ROW, LOWEST, HIGHEST = 0.14, 0.9, 9.0
"""In inches: height of a label for one run, smallest height of all labels, largest height of the figure."""


@FIGURES.register("label_bars")
def label_bars(runs: Runs) -> Drawings:
    """Draw the average precision of each label of categorical and multi-label tasks, for the runs with predictions."""
    return drawings_of_tasks(runs, "label_bars", lambda task: task.discrete, label_bars_table, label_bars_figure)


def label_bars_table(scored: Scored, task: Task) -> pl.DataFrame:
    """Return run, label, number of positive samples, and average precision (for classes: one versus rest).

    The average precision is null for a label without positive or without negative samples.

    Args:
        scored: Name of a run -> scores [N, labels], and targets in the task's format.
        task: A categorical or multi-label task.
    """
    rows = []
    for run, (scores, targets) in scored.items():
        probable = task.activated(scores).double()
        truth = np.asarray(task.indicators(targets.numpy()), dtype=np.float64)
        for k, label in enumerate(task.labels):
            seen = ~np.isnan(truth[:, k])
            positive = truth[seen, k] > 0.5
            value = None
            if positive.any() and not positive.all():
                target = targets.new_tensor(positive.astype(np.int64)).long()
                value = float(binary_average_precision(probable[seen, k], target))
            rows.append({"run": run, "label": label, "samples": int(positive.sum()), "average precision": value})
    return pl.DataFrame(rows, schema_overrides={"average precision": pl.Float64})


@styled
def label_bars_figure(table: pl.DataFrame, groups: Sequence[Group] = ()) -> Figure:
    """Return a bar chart with one bar per label and run, in descending order of the number of samples.

    If there are too many labels, only the first are drawn, and the axis label says so; the table has all.

    Args:
        table: Result of :func:`label_bars_table`.
        groups: Groups of runs that differ only in their seed, drawn as one bar (mean) with a line (lowest to highest).
    """
    runs = lines_of(table, "run", groups)
    of_first = runs[0].of[0].sort("samples", descending=True, maintain_order=True)
    height = ROW * max(1.0, 0.6 * len(runs))
    shown = min(len(of_first), int((HIGHEST - 0.8) / height))
    labels, counts = of_first["label"].to_list()[:shown], of_first["samples"].to_list()[:shown]
    width = width_or(COLUMN)
    figure = new_figure(width, 0.8 + max(height * shown, LOWEST))
    axes = figure.add_subplot()
    for k, run in enumerate(runs):
        places = [row + 0.8 * ((k + 0.5) / len(runs) - 0.5) for row in range(shown)]
        values = np.array([_lengths(of, labels) for of in run.of])
        axes.barh(places, values.mean(0), 0.8 / len(runs), color=colour(k), label=run.name)
        if len(values) > 1:
            axes.hlines(places, values.min(0), values.max(0), color="black", linewidth=0.6)
    names = [f"{shortened(label, 7, 22 * width)} ({count})" for label, count in zip(labels, counts, strict=True)]
    axes.set_yticks(range(shown), names)
    axes.set(ylim=(shown - 0.4, -0.6), xlim=(0, 1))
    most = f"\n{shown} of {len(of_first)} labels" if shown < len(of_first) else ""
    axes.set_xlabel(f"average precision{most}")
    axes.set_ylabel("label (samples)")
    if len(runs) > 1:
        add_legend(figure, handles_of(figure))
    return figure


def _lengths(of: pl.DataFrame, labels: Sequence[str]) -> list[float]:
    """Return the average precision of each label, 0 for null."""
    values = dict(zip(of["label"], of["average precision"], strict=True))
    return [values[label] or 0.0 for label in labels]
