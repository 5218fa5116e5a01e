"""The label graph as boxes and arrows."""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure

from gcnlabel.errors import InputError, note
from gcnlabel.figures.adjacency import adjacency_figure
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.graph_drawing import LINE, MARGIN, box_sizes, drawn_graph, legend_of, legend_shape
from gcnlabel.figures.graph_layout import boxes_apart, force_layout, task_layout
from gcnlabel.figures.order import MAX_GIVEN, Floats, label_order
from gcnlabel.figures.sizes import MAX_HEIGHT
from gcnlabel.figures.style import COLUMN, PAGE, SMALL, SMALLEST, styled, width_or
from gcnlabel.figures.text import shortened, text_width
from gcnlabel.graph import LabelGraph

Layout = Literal["force", "tasks"]
LAYOUTS: tuple[str, ...] = get_args(Layout)
MAX_WHOLE, MAX_EDGES = 40, 6
"""Number of labels with edges, and of edges per label, up to which all edges are drawn by default."""
DRAWN = 3
"""Largest mean number of edges per label that is drawn in larger graphs."""
GAPS = (14.0, 9.0, 4.0)
"""Distances between boxes in points; the largest that fits is used, so that short arrows are visible."""
FULL = 0.5
"""Largest fraction of the page that boxes may cover."""


@FIGURES.register("label_graph")
def label_graph(runs: Runs, *, layout: Layout | None = None, strongest: int | None = None) -> Drawings:
    """Draw the label graph of each run.

    Args:
        runs: The runs.
        layout: force or tasks.
        strongest: Number of drawn edges per label, 0 for all.
    """
    return {f"label_graph_{name}": partial(_drawn, graph, layout, strongest) for name, graph in runs.graphs.items()}


def _drawn(graph: LabelGraph, layout: str | None, strongest: int | None) -> tuple[Figure, pl.DataFrame]:
    figure = label_graph_figure(graph, layout=layout, strongest=strongest)
    return figure, label_graph_table(graph, strongest=strongest)


@styled
def label_graph_figure(graph: LabelGraph, *, layout: str | None = None, strongest: int | None = None) -> Figure:
    """Return a drawing of the graph without self-loops, with arrows from the source to the receiving label.

    Boxes have the colour of their label's task. The width of an arrow shows its weight; edges in both directions are
    two curved arrows. In a signed graph, negative edges are blue and dashed, positive ones red. Isolated labels are
    listed in one line. Of graphs with many edges only the strongest edges of each label are drawn, and the figure says
    so. A graph whose boxes do not fit is drawn as a heat map.

    Args:
        graph: The label graph.
        layout: ``force`` (force-directed) or ``tasks`` (a circle, ordered by task); None: ``tasks`` if there are
            several tasks, else ``force``.
        strongest: Number of drawn edges per label; 0 for all; None: all for fewer than 40 labels with at most 6 edges
            per label, else the largest number that keeps the mean at 3 per label.

    Raises:
        InputError: There is no such layout.
    """
    if layout is not None and layout not in LAYOUTS:
        raise InputError(f"layout {layout!r}", expected=" | ".join(LAYOUTS))
    matrix = _between(graph)
    drawn = matrix * strongest_edges(matrix, strongest)
    joined = np.flatnonzero((matrix != 0).any(0) | (matrix != 0).any(1))
    width = 72 * width_or(COLUMN if len(joined) <= MAX_GIVEN else PAGE)
    tasks = [graph.tasks.task_indices()[i] for i in joined]
    handles, lines = legend_of(graph.tasks, tasks, drawn), _lines(graph, matrix, drawn, joined, width)
    size = SMALL if len(joined) <= MAX_WHOLE / 2 else SMALLEST
    names = [shortened(graph.labels[i], size, 0.27 * width) for i in joined]
    above, below = legend_shape(handles, width)[1] + 2 * MARGIN, LINE * len(lines) + 2 * MARGIN
    start = _start(graph, matrix, joined, layout)
    placed = _fitted(start, box_sizes(names, size), width - 2 * MARGIN, 72 * MAX_HEIGHT - above - below)
    if placed is None:
        note(f"{len(joined)} labels do not fit a graph {width / 72:g} inches wide: drawn as a heat map")
        return adjacency_figure(graph, title=f"{len(joined)} labels do not fit\na graph: heat map")
    places, height = placed
    if lines and lines[-1].startswith("drawn"):
        note(f"label graph of {len(matrix)} labels: {lines[-1]}")
    weights = drawn[np.ix_(joined, joined)]
    shape = (width, height + above + below)
    return drawn_graph(names, tasks, weights, places + np.array([MARGIN, below]), size, shape, handles, lines)


def label_graph_table(graph: LabelGraph, *, strongest: int | None = None) -> pl.DataFrame:
    """Return the edges: source, target (the receiving label), weight, and whether the edge is drawn.

    Args:
        graph: The label graph.
        strongest: As in :func:`label_graph_figure`.
    """
    source, target = graph.edge_index.tolist()
    names, kept = graph.labels, strongest_edges(_between(graph), strongest)
    columns = {"source": [names[j] for j in source], "target": [names[i] for i in target]}
    return pl.DataFrame({**columns, "weight": graph.edge_weight.tolist(), "drawn": kept[target, source].tolist()})


def strongest_edges(matrix: Floats, strongest: int | None = None) -> npt.NDArray[np.bool_]:
    """Return a mask [L, L] of the edges that are among the strongest of at least one of their two labels.

    Args:
        matrix: Weights [L, L], row = receiving label; 0 = no edge.
        strongest: Number of edges per label, in either direction; 0 for all; None: see :func:`label_graph_figure`.

    Example:
        >>> weights = np.array([[0, 0.5, 0.4], [0, 0, 0.3], [0, 0.1, 0]])
        >>> strongest_edges(weights, 1).astype(int).tolist()  # the strongest of the last label is its edge to the first
        [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
    """
    there = matrix != 0
    joined = int((there.any(0) | there.any(1)).sum())
    if strongest == 0 or (strongest is None and joined < MAX_WHOLE and there.sum() <= MAX_EDGES * joined):
        return there
    if strongest is None:
        fewer = (strongest_edges(matrix, k) for k in range(1, len(matrix)))
        return [*takewhile(lambda kept: kept.sum() <= DRAWN * joined, fewer)][-1]
    kept = np.zeros_like(there)
    for i in range(len(matrix)):
        edges = [(i, int(j)) for j in np.flatnonzero(there[i])] + [(int(j), i) for j in np.flatnonzero(there[:, i])]
        for edge in sorted(edges, key=lambda edge: -abs(matrix[edge]))[:strongest]:
            kept[edge] = True
    return kept


def _between(graph: LabelGraph) -> Floats:
    """Return the weights [L, L] with a zero diagonal."""
    matrix: Floats = graph.adjacency().double().numpy().copy()
    np.fill_diagonal(matrix, 0)
    return matrix


def _start(graph: LabelGraph, matrix: Floats, joined: npt.NDArray[np.intp], layout: str | None) -> Floats:
    """Return initial positions of the labels with edges in the unit square, [n, 2]."""
    weights = np.abs(matrix)[np.ix_(joined, joined)]
    tasks = np.array(graph.tasks.task_indices())[joined]
    if len(joined) == 0 or (layout or ("tasks" if len(set(tasks.tolist())) > 1 else "force")) == "force":
        return force_layout(np.maximum(weights, weights.T))
    ring = np.empty((len(joined), 2))
    ring[label_order(weights, graph.tasks.of_labels([graph.labels[i] for i in joined]), "tasks")] = task_layout(tasks)
    return ring


def _fitted(start: Floats, sizes: Floats, width: float, highest: float) -> tuple[Floats, float] | None:
    """Return the centres of boxes [n, 2] and the canvas height, in points; None if they do not fit."""
    if not len(sizes):
        return start, 0.0
    area = float(sizes.prod(1).sum())
    height = max(0.62 * width if len(sizes) > 2 else 40.0, 4 * area / width)
    highest = min(highest, 1.3 * width)
    if area > FULL * width * highest:
        return None
    height = min(height, highest)
    while True:
        for gap in GAPS:
            if (places := boxes_apart(start, sizes, (width, height), gap)) is not None:
                return places, height
        if height >= highest:
            return None
        height = min(1.1 * height, highest)


def _lines(graph: LabelGraph, matrix: Floats, drawn: Floats, joined: npt.NDArray[np.intp], width: float) -> list[str]:
    """Return the text below the graph: the isolated labels, and the number of drawn edges if it is not all."""
    lines, count = [], int((matrix != 0).sum())
    alone = [graph.labels[i] for i in range(len(matrix)) if i not in set(joined.tolist())]
    if alone:
        lines.append(_isolated(alone, width - 2 * MARGIN))
    if (shown := int((drawn != 0).sum())) < count:
        lines.append(f"drawn: the strongest edges of each label, {shown} of {count}")
    return lines


def _isolated(names: list[str], width: float) -> str:
    """Return a list of the isolated labels on one line, with a count of those that do not fit."""
    for shown in range(len(names), 0, -1):
        rest = f" and {len(names) - shown} more" if shown < len(names) else ""
        text = f"isolated: {', '.join(names[:shown])}{rest}"
        if text_width(text, SMALL) <= width:
            return text
    return f"isolated: {len(names)} labels"
