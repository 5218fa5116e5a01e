"""The propagation matrix as a heat map (Emotion-GCN, Fig. 3 and S1)."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.colour_bar import colour_bar
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.heat_map import fit_names, heat_map
from gcnlabel.figures.order import MAX_GIVEN, Floats, Order, label_order
from gcnlabel.figures.scale import robust_scale
from gcnlabel.figures.sizes import matrix_height
from gcnlabel.figures.style import COLUMN, PAGE, finite, new_figure, styled, width_or
from gcnlabel.graph import LabelGraph


@FIGURES.register("adjacency")
def adjacency(runs: Runs, *, order: Order | None = None) -> Drawings:
    """Draw the propagation matrix of each graph.

    Args:
        runs: The runs.
        order: Order of the labels: tasks, dendrogram or given.
    """
    return {f"adjacency_{name}": partial(_drawn, graph, order) for name, graph in runs.graphs.items()}


def _drawn(graph: LabelGraph, order: str | None) -> tuple[Figure, pl.DataFrame]:
    return adjacency_figure(graph, order=order), adjacency_table(graph, order=order)


@styled
def adjacency_figure(graph: LabelGraph, title: str | None = None, *, order: str | None = None) -> Figure:
    """Return a heat map of Â: row = receiving label, column = source label.

    The diagonal is grey; cells without an edge are white. The colour range is that of the weights between labels,
    without outliers, which are marked by a pointed end of the colour bar. Signed weights have a diverging colour map
    around 0, with red for positive ones. Weights are printed in the cells if they are legible; lines separate tasks.

    Args:
        graph: The propagation graph.
        title: Title of the figure.
        order: Order of the labels, see :func:`gcnlabel.figures.order.label_order`.
    """
    table = adjacency_table(graph, order=order)
    names = table["label"].to_list()
    matrix = finite(table.drop("label").to_numpy(), "the adjacency")
    own = np.eye(len(names), dtype=bool)
    figure = new_figure(
        width := width_or(COLUMN if len(names) <= MAX_GIVEN else PAGE), matrix_height(width, len(names))
    )
    scale = robust_scale(matrix[~own])
    masks = {"grey": own & (matrix != 0), "blank": matrix == 0}
    tasks = None if order == "dendrogram" else graph.tasks
    drawn = heat_map(figure.add_subplot(), matrix, names, names, scale, **masks, tasks=tasks)
    drawn.axes.set(xlabel="source label", ylabel="receiving label", title=title or "")
    colour_bar([drawn], "weight")
    fit_names([drawn])
    return figure


def adjacency_table(graph: LabelGraph, *, order: str | None = None) -> pl.DataFrame:
    """Return Â as a table in the order of the figure: a column of label names, then one column per label."""
    matrix: Floats = graph.adjacency().double().numpy()
    places = label_order(np.abs(matrix), graph.tasks, order)
    names = [graph.labels[i] for i in places]
    ordered = matrix[np.ix_(places, places)]
    return pl.DataFrame({"label": names, **{name: ordered[:, j] for j, name in enumerate(names)}})
