"""Label dependencies: the statistic before the threshold, and the edge weights after it."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gcnlabel.errors import InputError
from gcnlabel.figures.adjacency import adjacency_table
from gcnlabel.figures.colour_bar import colour_bar
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.heat_map import fit_names, heat_map
from gcnlabel.figures.legend import add_legend, handles_of
from gcnlabel.figures.order import Floats
from gcnlabel.figures.scale import robust_scale
from gcnlabel.figures.style import PAGE, colour, new_figure, styled, width_or
from gcnlabel.graph import LabelGraph
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.inspection import swept_statistic

NO_EDGE = "0.6"


@FIGURES.register("dependency")
def dependency(runs: Runs) -> Drawings:
    """Draw the statistic and the weights of each graph that stores its statistic."""
    graphs = {name: graph for name, graph in runs.graphs.items() if graph.statistic is not None}
    return {f"dependency_{name}": partial(_drawn, graph) for name, graph in graphs.items()}


def _drawn(graph: LabelGraph) -> tuple[Figure, pl.DataFrame]:
    return dependency_figure(graph), dependency_table(graph)


@styled
def dependency_figure(graph: LabelGraph) -> Figure:
    """Return heat maps of the statistic and the weights, and a plot of all label pairs by strength with the threshold.

    Args:
        graph: The propagation graph, with its statistic.

    Raises:
        InputError: The graph does not store its statistic.
    """
    statistic, weights, names = _matrices(graph)
    width = width_or(PAGE)
    columns = 2 if width > 5 else 1
    panel = min(0.92 * width / columns, 0.7 + 0.3 * len(names))
    figure = new_figure(width, panel * (2 / columns) + 0.25 * width / columns + 0.6)
    ratios = [panel] * (2 // columns) + [0.25 * width / columns + 0.6]
    grid = figure.add_gridspec(len(ratios), columns, height_ratios=ratios)
    own, maps = np.eye(len(names), dtype=bool), []
    for k, (title, matrix) in enumerate({"statistic": statistic, "weights" + _how(graph): weights}.items()):
        axes = figure.add_subplot(grid[k // columns, k % columns])
        masks = {"grey": own & (matrix != 0), "blank": matrix == 0}
        maps.append(heat_map(axes, matrix, names, names, robust_scale(matrix[~own]), **masks, tasks=graph.tasks))
        axes.set_title(title)
        colour_bar(maps[-1:])
    _pairs(figure.add_subplot(grid[-1, :]), graph)
    add_legend(figure, handles_of(figure))
    fit_names(maps, "numbered as in the table of the adjacency")
    return figure


def dependency_table(graph: LabelGraph) -> pl.DataFrame:
    """Return source, target (the receiving label), statistic and weight of each pair, sorted by descending |statistic|.

    A pair without an edge has weight 0; pairs with statistic and weight 0 are omitted.

    Raises:
        InputError: The graph does not store its statistic.
    """
    statistic, weights, names = _matrices(graph)
    target, source = np.nonzero((statistic != 0) | (weights != 0))
    columns = {"source": [names[j] for j in source], "target": [names[i] for i in target]}
    table = pl.DataFrame({**columns, "statistic": statistic[target, source], "weight": weights[target, source]})
    return table.filter(pl.col("source") != pl.col("target")).sort(-pl.col("statistic").abs(), maintain_order=True)


def _matrices(graph: LabelGraph) -> tuple[Floats, Floats, list[str]]:
    """Return statistic, weights and names in the order of the figures, row = receiving label."""
    if graph.statistic is None:
        raise InputError("the graph has no statistic", expected="a graph that build-graph wrote")
    table = adjacency_table(graph)
    names = table["label"].to_list()
    places = [graph.labels.index(name) for name in names]
    statistic: Floats = as_dense(graph.statistic).double().numpy()[np.ix_(places, places)]
    return statistic, table.drop("label").to_numpy(), names


def _how(graph: LabelGraph) -> str:
    """Return the numeric settings of the graph's transforms as text, e.g. ``: tau = 0.1, p = 0.5``."""
    steps = [
        (key, step[key]) for step in graph.history.get("transforms", []) for key in ("tau", "p", "k") if key in step
    ]
    text = ", ".join(f"{key} = {value:g}" for key, value in steps if isinstance(value, int | float))
    return f": {text}" if text else ""


def _pairs(axes: Axes, graph: LabelGraph) -> None:
    """Draw |statistic| of each pair of labels in descending order; pairs with an edge are coloured."""
    size = np.abs(swept_statistic(graph))
    np.fill_diagonal(size, 0)
    target, source = np.nonzero(size)
    rank = np.argsort(-size[target, source], kind="stable")
    strength, edge = size[target, source][rank], graph.adjacency().numpy()[target, source][rank] != 0
    numbers = np.arange(1, len(rank) + 1)
    axes.plot(numbers[~edge], strength[~edge], ".", color=NO_EDGE, markersize=3, label=f"no edge ({(~edge).sum()})")
    axes.plot(numbers[edge], strength[edge], ".", color=colour(0), markersize=3, label=f"edge ({edge.sum()})")
    taus = [step["tau"] for step in graph.history.get("transforms", []) if "tau" in step]
    for tau in taus[-1:]:
        axes.axhline(tau, color="black", linewidth=0.8, linestyle="--", label=f"tau = {tau:g}")
    axes.set(xlabel="pair of source and receiving label, by strength", ylabel="|statistic|")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
