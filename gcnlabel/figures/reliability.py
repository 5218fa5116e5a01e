"""Reliability diagrams: observed frequency by predicted probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.figure import FIGURES, Drawings, Runs, Scored, drawings_of_tasks
from gcnlabel.figures.legend import add_legend, handles_of
from gcnlabel.figures.seeds import Group, lines_of
from gcnlabel.figures.style import COLUMN, colour, new_figure, styled, width_or
from gcnlabel.tasks import Task

BINS = 10


@FIGURES.register("reliability")
def reliability(runs: Runs) -> Drawings:
    """Draw the reliability diagram of each categorical and multi-label task."""
    return drawings_of_tasks(runs, "reliability", lambda task: task.discrete, reliability_table, reliability_figure)


def reliability_table(scored: Scored, task: Task) -> pl.DataFrame:
    """Return ten bins of equal width per run: mean predicted probability, observed frequency, number of cells.

    A cell is one label of one annotated sample; classes count one versus rest.

    Args:
        scored: Name of a run -> scores [N, labels], and targets in the task's format.
        task: A categorical or multi-label task.
    """
    rows = []
    for run, (scores, targets) in scored.items():
        probable = task.activated(scores).double().numpy()
        truth = np.asarray(task.indicators(targets.numpy()), dtype=np.float64)
        seen = ~np.isnan(truth)
        p, y = probable[seen], truth[seen]
        place = np.minimum((p * BINS).astype(int), BINS - 1)
        for k in range(BINS):
            here = place == k
            if here.any():
                mean, share = float(p[here].mean()), float(y[here].mean())
                rows.append({"run": run, "bin": k, "predicted": mean, "frequency": share, "cells": int(here.sum())})
    return pl.DataFrame(rows)


def calibration_error(table: pl.DataFrame) -> float:
    """Return the expected calibration error: mean of |predicted - frequency| over bins, weighted by their cells.

    Example:
        >>> calibration_error(pl.DataFrame({"predicted": [0.2, 0.8], "frequency": [0.2, 0.4], "cells": [3, 1]}))
        0.1
    """
    gaps = (table["predicted"] - table["frequency"]).abs().to_numpy()
    return round(float(np.average(gaps, weights=table["cells"].to_numpy())), 6)


@styled
def reliability_figure(table: pl.DataFrame, groups: Sequence[Group] = ()) -> Figure:
    """Return a reliability diagram with one line per run, and the expected calibration error in the legend.

    Args:
        table: Result of :func:`reliability_table`.
        groups: Groups of runs that differ only in their seed, drawn as thin lines of one colour; the legend has their
            mean error.
    """
    figure = new_figure(width_or(COLUMN), 2.8)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], "--", color="0.5", linewidth=0.8)
    for k, lines in enumerate(lines_of(table, "run", groups)):
        error = np.mean([calibration_error(of) for of in lines.of])
        for label, of in lines.labelled(f"({error:.3f})"):
            style: dict[str, Any] = {"color": colour(k), "label": label, "linewidth": lines.width}
            axes.plot(of["predicted"], of["frequency"], "o-", markersize=2.5 * lines.width, **style)
    axes.set(xlabel="predicted probability", ylabel="frequency", xlim=(0, 1), ylim=(0, 1))
    if len(table):
        add_legend(figure, handles_of(figure), title="expected calibration error")
    return figure
