"""Scatter plot of two dimensions by class (Emotion-GCN, Fig. 1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gcnlabel.errors import InputError
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import COLUMN, SMALL, colour, new_figure, styled, width_or
from gcnlabel.figures.text import shortened
from gcnlabel.metrics.majority import majority
from gcnlabel.tasks import Task

MAX_DRAWN = 3000
MAX_NAMED = 9
"""Largest number of classes with a colour of their own."""
OTHER = "0.8"


@FIGURES.register("scatter")
def scatter(runs: Runs) -> Drawings:
    """Draw the first two dimensions of the training split, coloured by the first categorical task."""
    tasks = runs.tasks or ()
    classes = next((task for task in tasks if task.exclusive), None)
    dims = next((task for task in tasks if not task.discrete and len(task) > 1), None)
    if classes is None or dims is None:
        return {}
    return {f"scatter_{dims.name}": partial(_drawn, runs, classes, dims)}


def _drawn(runs: Runs, classes: Task, dims: Task) -> tuple[Figure, pl.DataFrame]:
    targets = runs.training.targets
    codes = majority(torch.as_tensor(targets[classes.name])).numpy()
    points = (targets[dims.name][:, :2], codes, classes.labels, dims.labels[:2])
    return scatter_figure(*points, title="training split"), scatter_table(*points)


@styled
def scatter_figure(
    values: npt.NDArray[np.float64],
    codes: npt.NDArray[np.int64],
    classes: Sequence[str],
    dims: Sequence[str],
    title: str | None = None,
) -> Figure:
    """Return a scatter plot of two dimensions, one colour per class, of at most 3,000 samples (fixed random subset).

    With more than 9 classes, the 9 with the most samples have colours and the others are grey.

    Args:
        values: Dimensions [N, 2], NaN = missing.
        codes: Class index [N], -1 = missing.
        classes: Names of the classes.
        dims: Names of the two dimensions.
        title: Title of the figure.

    Raises:
        InputError: The values are not [N, 2], or no sample has both dimensions and a class.
    """
    points = scatter_table(values, codes, classes, dims)
    width = width_or(COLUMN)
    figure = new_figure(width, min(0.72 * width + 0.1, 4.5))
    axes = figure.add_subplot()
    axes.axhline(0, color="grey", linewidth=0.5, zorder=-99)
    axes.axvline(0, color="grey", linewidth=0.5, zorder=-99)
    axes.set(xlabel=dims[0], ylabel=dims[1], title=title or "")
    handles = _dots(axes, points, classes, dims, width)
    figure.legend(handles=handles, loc="outside right center", markerscale=3, handletextpad=0.2)
    return figure


def _dots(axes: Axes, points: pl.DataFrame, classes: Sequence[str], dims: Sequence[str], width: float) -> list[Line2D]:
    """Draw the samples and return the legend handles."""
    by_size = points["class"].value_counts(sort=True)["class"].to_list()
    named = [name for name in classes if name in by_size[: len(classes) if len(classes) <= MAX_NAMED else MAX_NAMED]]
    dots: dict[str, Any] = {"marker": ".", "linestyle": "none", "markersize": 2 + 0.25 * width, "markeredgewidth": 0}
    if rest := len(set(by_size) - set(named)):
        other = points.filter(~pl.col("class").is_in(named))
        axes.plot(other[dims[0]], other[dims[1]], color=OTHER, label=f"{rest} more classes", zorder=-len(named), **dots)
    for i, name in enumerate(named):
        mine = points.filter(pl.col("class") == name)
        axes.plot(
            mine[dims[0]], mine[dims[1]], color=colour(i), label=shortened(name, SMALL, 20 * width), zorder=-i, **dots
        )
    handles = [line for line in axes.lines if str(line.get_label())[:1] != "_"]
    return handles[1:] + handles[:1] if rest else handles


def scatter_table(
    values: npt.NDArray[np.float64], codes: npt.NDArray[np.int64], classes: Sequence[str], dims: Sequence[str]
) -> pl.DataFrame:
    """Return the drawn samples: the two dimensions and the name of the class."""
    if values.ndim != 2 or values.shape[1] != 2:
        raise InputError(f"values of shape {list(values.shape)}", expected="[N, 2]")
    rows = np.flatnonzero(np.isfinite(values).all(1) & (codes >= 0))
    if len(rows) == 0:
        raise InputError("no sample has both dimensions and a class")
    if len(rows) > MAX_DRAWN:
        rows = np.sort(np.random.default_rng(0).choice(rows, MAX_DRAWN, replace=False))
    names = [classes[code] for code in codes[rows]]
    return pl.DataFrame({dims[0]: values[rows, 0], dims[1]: values[rows, 1], "class": names})
