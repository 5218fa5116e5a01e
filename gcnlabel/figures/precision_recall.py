"""Precision-recall curves of tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl
import torch
from matplotlib.figure import Figure
from torch import Tensor
from torchmetrics.functional.classification import binary_average_precision, binary_precision_recall_curve

from gcnlabel.figures.figure import FIGURES, Drawings, Runs, Scored, drawings_of_tasks
from gcnlabel.figures.legend import add_legend, handles_of
from gcnlabel.figures.seeds import Group, lines_of
from gcnlabel.figures.style import COLUMN, colour, new_figure, styled, width_or
from gcnlabel.tasks import Task

MAX_LABELS = 8
"""Largest number of labels with one curve each, for a single run; otherwise there is one curve over all labels."""
POINTS = 200
"""Largest number of points of a curve in the figure and its table, evenly sampled."""


@FIGURES.register("precision_recall")
def precision_recall(runs: Runs) -> Drawings:
    """Draw the precision-recall curves of each multi-label task, for the runs with predictions."""
    return drawings_of_tasks(
        runs, "precision_recall", lambda task: task.binary, precision_recall_table, precision_recall_figure
    )


def precision_recall_table(scored: Scored, task: Task) -> pl.DataFrame:
    """Return the points of the curves: curve, average precision, recall, precision; unannotated tags are ignored.

    Args:
        scored: Name of a run -> scores and targets [N, labels], NaN = not annotated.
        task: A multi-label task.
    """
    rows = []
    for name, scores, targets in _curves(scored, task):
        precision, recall, _ = binary_precision_recall_curve(scores.sigmoid(), targets)
        average = float(binary_average_precision(scores.sigmoid(), targets))
        kept = torch.linspace(0, len(recall) - 1, min(POINTS, len(recall))).round().long()
        points = zip(recall[kept].tolist(), precision[kept].tolist(), strict=True)
        rows += [{"curve": name, "average precision": average, "recall": r, "precision": p} for r, p in points]
    return pl.DataFrame(rows)


def _curves(scored: Scored, task: Task) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Yield name, scores [n] and targets [n] of each curve with at least one positive."""
    each = len(scored) == 1 and len(task) <= MAX_LABELS
    for run, (scores, targets) in scored.items():
        groups = {label: [k] for k, label in enumerate(task.labels)} if each else {}
        for name, columns in ({"all labels": slice(None)} | groups).items():
            s, t = scores[:, columns].flatten(), targets[:, columns].flatten()
            seen = ~t.isnan()
            if bool((t[seen] > 0.5).any()):
                yield name if len(scored) == 1 else run, s[seen], (t[seen] > 0.5).long()


@styled
def precision_recall_figure(table: pl.DataFrame, groups: Sequence[Group] = ()) -> Figure:
    """Return a plot of the precision-recall curves, with the average precision in the legend.

    Args:
        table: Result of :func:`precision_recall_table`.
        groups: Groups of runs that differ only in their seed, drawn as thin lines of one colour; the legend has their
            mean average precision.
    """
    figure = new_figure(width_or(COLUMN), 2.7)
    axes = figure.add_subplot()
    for k, lines in enumerate(lines_of(table, "curve", groups)):
        mean = np.mean([of["average precision"][0] for of in lines.of])
        for label, of in lines.labelled(f"({mean:.2f})"):
            style: dict[str, Any] = {"color": colour(k), "label": label, "linewidth": lines.width}
            axes.plot(of["recall"], of["precision"], drawstyle="steps-post", **style)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    if len(table):
        add_legend(figure, handles_of(figure), title="average precision")
    return figure
