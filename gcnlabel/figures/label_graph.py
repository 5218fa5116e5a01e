"""Drawing of the label graph with nodes and arrows."""

from __future__ import annotations

from functools import partial
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import COLOURS, COLUMN, PAGE, SMALL, new_figure
from gcnlabel.graph import LabelGraph, to_networkx

Positions = dict[str, tuple[float, float]]

MAX_UPRIGHT = 15
"""Largest number of connected labels whose names are horizontal above their nodes; more are written radially."""
POSITIVE, NEGATIVE, UNSIGNED = "#B2182B", "#2166AC", "#777777"
"""Colours of edges, the first two from the ends of the colours of :func:`adjacency_figure`."""


@FIGURES.register("label_graph")
def label_graph(runs: Runs) -> Drawings:
    """Draw each graph."""
    return {f"label_graph_{name}": partial(_drawn, graph) for name, graph in runs.graphs.items()}


def _drawn(graph: LabelGraph) -> tuple[Figure, pl.DataFrame]:
    return label_graph_figure(graph), label_graph_table(graph)


def label_graph_figure(graph: LabelGraph) -> Figure:
    """Return a drawing of the graph without its self-loops.

    Nodes have the colour of their task; an arrow j -> i goes from source to receiving label, a plain line stands for
    both directions; its width is the weight. In a graph with negative weights these are dashed and blue, positive ones
    red.
    Connected labels are on a circle, isolated ones in rows below.

    Args:
        graph: The label graph.
    """
    whole = to_networkx(graph)
    whole.remove_edges_from(list(nx.selfloop_edges(whole)))
    alone = [name for name in whole if whole.degree(name) == 0]
    joined = whole.copy()
    joined.remove_nodes_from(alone)  # a subgraph view would iterate over a set, and the drawing would vary
    width = COLUMN if len(whole) <= 12 else PAGE
    figure = new_figure(width, width * (0.85 if len(whole) <= 25 else 1.0))
    axes = figure.add_subplot()
    circle = {name: (float(x), float(y)) for name, (x, y) in nx.circular_layout(joined).items()}
    places = {**circle, **_margin(alone, 4 if len(whole) <= 12 else 7)}
    signed = any(weight < 0 for *_, weight in joined.edges(data="weight"))
    _draw_edges(axes, joined, places, POSITIVE if signed else UNSIGNED)
    radial = len(joined) > MAX_UPRIGHT
    for t, task in enumerate(graph.tasks):
        for name in task.labels:
            _draw_node(axes, name, places[name], COLOURS[t % len(COLOURS)], name in alone, radial)
    handles = _legend(graph, bool(alone), signed)
    columns = len(handles) if width == PAGE else 3
    figure.legend(handles=handles, fontsize=SMALL, loc="outside upper left", frameon=False, ncols=columns)
    x, y = (np.array(values) for values in zip(*places.values(), strict=True))
    room = 0.5 if radial else 0.3
    axes.set_xlim(x.min() - room, x.max() + room)
    axes.set_ylim(y.min() - (room if radial else 0.15), y.max() + (room if radial else 0.2))
    axes.axis("off")
    return figure


def _legend(graph: LabelGraph, some_alone: bool, signed: bool) -> list[Line2D]:
    """Return what the legend shows: the tasks, isolated labels, signs."""
    point: dict[str, Any] = {"marker": "o", "linestyle": ""}
    handles = [
        Line2D([], [], color=COLOURS[t % len(COLOURS)], label=task.name, **point) for t, task in enumerate(graph.tasks)
    ]
    if some_alone:
        handles.append(Line2D([], [], markerfacecolor="none", color="grey", label="isolated", **point))
    if signed:
        handles.append(Line2D([], [], color=POSITIVE, label="together (+)"))
        handles.append(Line2D([], [], color=NEGATIVE, linestyle="--", label="apart (\N{MINUS SIGN})"))
    return handles


def label_graph_table(graph: LabelGraph) -> pl.DataFrame:
    """Return the edges: source, target (the receiving label), weight."""
    source, target = graph.edge_index.tolist()
    names = graph.labels
    columns = {"source": [names[j] for j in source], "target": [names[i] for i in target]}
    return pl.DataFrame({**columns, "weight": graph.edge_weight.tolist()})


def _margin(names: list[str], columns: int) -> Positions:
    """Return places of isolated labels in rows below the square."""
    step = 2 / max(columns - 1, 1)
    return {name: (-1 + step * (k % columns), -1.6 - 0.2 * (k // columns)) for k, name in enumerate(names)}


def _draw_edges(axes: Axes, joined: nx.DiGraph, places: Positions, positive: str) -> None:
    top = max((abs(weight) for *_, weight in joined.edges(data="weight")), default=1.0)
    for source, target, weight in joined.edges(data="weight"):
        both = joined.has_edge(target, source)
        if both and source > target:
            continue  # drawn with the other direction
        strongest = max(weight, joined[target][source]["weight"], key=abs) if both else weight
        axes.annotate(
            "",
            places[target],
            places[source],
            arrowprops={
                "arrowstyle": "-" if both else "-|>",
                "linewidth": 0.4 + 1.6 * abs(strongest) / top,
                "color": NEGATIVE if strongest < 0 else positive,
                "linestyle": "--" if strongest < 0 else "-",
                "shrinkA": 5,
                "shrinkB": 5,
                "alpha": 0.8,
            },
        )


def _draw_node(axes: Axes, name: str, place: tuple[float, float], colour: str, alone: bool, radial: bool) -> None:
    axes.plot(*place, "o", markersize=5 if radial else 7, color=colour, markerfacecolor="none" if alone else colour)
    if radial and not alone:
        angle = np.degrees(np.arctan2(place[1], place[0]))
        left = abs(angle) > 90
        outside = (1.05 * place[0], 1.05 * place[1])
        turned: dict[str, Any] = {"rotation": angle + 180 if left else angle, "rotation_mode": "anchor", "va": "center"}
        axes.text(*outside, name, ha="right" if left else "left", fontsize=6.5, **turned)
        return
    box = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.2}
    above: dict[str, Any] = {"xytext": (0, 5), "textcoords": "offset points", "ha": "center", "va": "bottom"}
    axes.annotate(name, place, fontsize=SMALL, bbox=box, **above)
