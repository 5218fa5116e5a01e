"""Draw a label graph with boxes, arrows and a legend; all positions are in points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch

from gcnlabel.figures.style import SMALL, colour, new_figure, short
from gcnlabel.figures.text import text_width, widest
from gcnlabel.tasks import TaskSet

Floats = npt.NDArray[np.float64]

POSITIVE, NEGATIVE, UNSIGNED = "#B2182B", "#2166AC", "#555555"
"""Colours of edges; the first two are the ends of the colour map of :func:`~gcnlabel.figures.adjacency_figure`."""
THIN, THICK = 0.5, 2.2
"""Line widths of arrows in points: for weight 0 and for the largest weight."""
LINE = 10.0
"""Height of a line of text in points."""
PAD = 2.5
"""Padding between a name and its box in points."""
MARGIN = 3.0
"""Margin of the figure in points."""
HANDLE = 30.0
"""Width of a legend handle with its spacing, in points."""


def box_sizes(names: Sequence[str], size: float) -> Floats:
    """Return width and height of the box of each name in points, [n, 2]."""
    return np.array([(text_width(name, size) + 2 * PAD, 1.15 * size + 2 * PAD) for name in names]).reshape(-1, 2)


def legend_of(tasks: TaskSet, drawn: Sequence[int], weights: Floats) -> list[Artist]:
    """Return the legend handles: the tasks if there are several, signs, and the line widths of two weights.

    Args:
        tasks: Tasks of the labels.
        drawn: Indices of the tasks whose labels have boxes.
        weights: Weights of the drawn edges, of any shape.
    """
    handles: list[Artist] = []
    if len(there := sorted(set(drawn))) > 1:
        names = tasks.names
        handles = [Patch(facecolor=_tint(t), edgecolor=colour(t), label=names[t]) for t in there]
    size = np.abs(weights[weights != 0])
    signed = bool((weights < 0).any())
    if signed:
        handles.append(Line2D([], [], color=POSITIVE, label="positive (+)"))
        handles.append(Line2D([], [], color=NEGATIVE, linestyle="--", label="negative (\N{MINUS SIGN})"))
    if len(size):
        ends = [size.max()] if short(size.min()) == short(size.max()) else [size.min(), size.max()]
        for end in ends:
            width = _width(float(end), float(size.max()))
            handles.append(Line2D([], [], color=UNSIGNED, linewidth=width, label=f"weight {short(float(end))}"))
    return handles


def legend_shape(handles: Sequence[Artist], width: float) -> tuple[int, float]:
    """Return the number of columns of a legend, and its height in points, for a figure ``width`` points wide."""
    if not handles:
        return 1, 0.0
    column = widest((str(handle.get_label()) for handle in handles), SMALL) + HANDLE
    columns = min(len(handles), max(1, int((width - 2 * MARGIN) // column)))
    return columns, -(-len(handles) // columns) * LINE * 1.1 + 6


def drawn_graph(
    names: Sequence[str],
    tasks: Sequence[int],
    weights: Floats,
    places: Floats,
    size: float,
    shape: tuple[float, float],
    handles: list[Artist],
    lines: Sequence[str],
) -> Figure:
    """Return the drawing of a graph.

    Args:
        names: Texts of the boxes, n.
        tasks: Index of each label's task, n.
        weights: Edge weights [n, n], row = receiving label.
        places: Centres of the boxes in points, from the lower left corner, [n, 2].
        size: Font size of the names in points.
        shape: Width and height of the figure in points.
        handles: Legend handles.
        lines: Lines of text at the lower edge.
    """
    figure = new_figure(shape[0] / 72, shape[1] / 72)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, shape[0]), ylim=(0, shape[1]))
    axes.axis("off")
    boxes = [
        _box(axes, name, task if len(set(tasks)) > 1 else None, place, extent, size)
        for name, task, place, extent in zip(names, tasks, places, box_sizes(names, size), strict=True)
    ]
    _arrows(axes, names, weights, boxes, places)
    for k, line in enumerate(reversed(lines)):
        axes.text(MARGIN, MARGIN + LINE * k, line, fontsize=SMALL, va="baseline")
    if handles:
        columns, _ = legend_shape(handles, shape[0])
        figure.legend(handles=handles, loc="upper left", ncols=columns, borderaxespad=0.2, columnspacing=1)
    return figure


def _box(axes: Axes, name: str, task: int | None, place: Floats, extent: Floats, size: float) -> FancyBboxPatch:
    """Draw a name in a box, in the colour of its task."""
    corner = place - extent / 2 + 1
    face, edge = ("0.94", "0.45") if task is None else (_tint(task), colour(task))
    box = FancyBboxPatch(
        (corner[0], corner[1]),
        extent[0] - 2,
        extent[1] - 2,
        boxstyle="round,pad=1,rounding_size=2",
        facecolor=face,
        edgecolor=edge,
        linewidth=0.8,
        zorder=3,
    )
    axes.add_patch(box)
    axes.text(place[0], place[1], name, ha="center", va="center_baseline", fontsize=size, zorder=4)
    return box


def _arrows(axes: Axes, names: Sequence[str], weights: Floats, boxes: Sequence[FancyBboxPatch], places: Floats) -> None:
    """Draw an arrow for each edge from the source's box to the receiving label's box, the strongest on top."""
    top = float(np.abs(weights).max(initial=0))
    signed = bool((weights < 0).any())
    targets, sources = np.nonzero(weights)
    for k in np.argsort(np.abs(weights[targets, sources]), kind="stable"):
        i, j = int(targets[k]), int(sources[k])
        weight = float(weights[i, j])
        arrow = FancyArrowPatch(
            tuple(places[j]),
            tuple(places[i]),
            patchA=boxes[j],
            patchB=boxes[i],
            shrinkA=0.5,
            shrinkB=0.5,
            connectionstyle=f"arc3,rad={0.16 if weights[j, i] else 0}",
            arrowstyle="-|>,head_length=0.45,head_width=0.18",
            mutation_scale=9,
            linewidth=_width(abs(weight), top),
            linestyle="--" if weight < 0 else "-",
            color=(POSITIVE if weight > 0 else NEGATIVE) if signed else UNSIGNED,
            alpha=0.85,
            gid=f"edge {names[j]} to {names[i]}",
        )
        axes.add_patch(arrow)


def _width(size: float, top: float) -> float:
    return THIN + (THICK - THIN) * size / top


def _tint(task: int) -> tuple[float, float, float]:
    """Return a light tint of the colour of a task, as RGB in [0, 1]."""
    red, green, blue = to_rgb(colour(task))
    return 0.8 + 0.2 * red, 0.8 + 0.2 * green, 0.8 + 0.2 * blue
