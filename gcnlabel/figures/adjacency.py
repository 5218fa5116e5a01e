"""The propagation matrix as a heat map (Emotion-GCN, Fig. 3 and S1)."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import (
    COLUMN,
    PAGE,
    SMALL,
    finite,
    is_dark,
    label_size,
    matrix_axes,
    new_figure,
    separate_tasks,
    short,
    write_cells,
)
from gcnlabel.graph import LabelGraph

MAX_WRITTEN = 25
"""Largest number of labels for which the values are written into the cells."""


@FIGURES.register("adjacency")
def adjacency(runs: Runs) -> Drawings:
    """Draw the propagation matrix of each graph."""
    return {f"adjacency_{name}": partial(_drawn, graph) for name, graph in runs.graphs.items()}


def _drawn(graph: LabelGraph) -> tuple[Figure, pl.DataFrame]:
    return adjacency_figure(graph), adjacency_table(graph)


def adjacency_figure(graph: LabelGraph, title: str | None = None) -> Figure:
    """Return a heat map of Â: row = receiving label, column = source label.

    Values are written into the cells of up to 25 labels; tasks are separated by lines. A matrix with negative weights
    is drawn in diverging colours around 0 (red for positive ones, blue for negative ones) whose range is that of
    the weights between labels: self-loops are often larger, would hide the signs, and may lie outside the range.

    Args:
        graph: The propagation graph.
        title: Title of the figure.
    """
    matrix = finite(graph.adjacency().numpy(), "the adjacency")
    size = len(matrix)
    side = COLUMN if size <= 12 else PAGE
    figure = new_figure(side, side * 0.92)
    axes = figure.add_subplot()
    signed = matrix.min() < 0
    top = _reach(matrix, signed)
    image = axes.imshow(matrix, cmap="RdBu_r" if signed else "Blues", vmin=-top if signed else 0, vmax=top)
    matrix_axes(axes, graph.labels, graph.labels, label_size(size))
    separate_tasks(axes, graph.tasks)
    if size <= MAX_WRITTEN:
        texts = [[short(value) if value else "" for value in row] for row in matrix]
        write_cells(axes, texts, is_dark(axes, matrix), SMALL if size <= 12 else 5.5)
    axes.set_ylabel("receiving label", fontsize=SMALL)
    axes.set_xlabel("source label", fontsize=SMALL)
    bar = figure.colorbar(image, ax=axes, shrink=0.8, pad=0.02, extend="max" if matrix.max() > top else "neither")
    bar.ax.tick_params(labelsize=SMALL)
    if title:
        axes.set_title(title, fontsize=SMALL + 1)
    return figure


def _reach(matrix: npt.NDArray[np.float64], signed: bool) -> float:
    """Return the absolute weight at the end of the colours; only off the diagonal where there are signs."""
    between = np.abs(matrix - np.diag(np.diag(matrix))).max() if signed else 0.0
    return max(float(between or np.abs(matrix).max()), 1e-12)


def adjacency_table(graph: LabelGraph) -> pl.DataFrame:
    """Return Â as a table: a first column of names, then a column a label."""
    matrix = graph.adjacency().numpy()
    return pl.DataFrame({"label": graph.labels, **{name: matrix[:, j] for j, name in enumerate(graph.labels)}})
