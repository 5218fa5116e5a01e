"""Draw a matrix as a heat map in vector graphics, with names and numbers if they are legible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PolyQuadMesh
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.gridspec import SubplotSpec

from gcnlabel.figures.scale import Scale
from gcnlabel.figures.sizes import MAX_ASPECT, MAX_HEIGHT
from gcnlabel.figures.style import SMALL, SMALLEST, lay_out, short
from gcnlabel.figures.text import shortened, text_width, widest
from gcnlabel.tasks import TaskSet

Floats = npt.NDArray[np.float64]

SPACING = 1.1
"""Smallest line spacing of names, as a multiple of their font size."""
GREY = "0.88"


@dataclass
class HeatMap:
    """A heat map, whose names and numbers :func:`fit_names` writes."""

    axes: Axes
    mesh: PolyQuadMesh
    rows: Sequence[str]
    columns: Sequence[str]
    scale: Scale
    texts: list[list[str]]
    ends: Sequence[str]

    @property
    def figure(self) -> Figure:
        """The figure of the axes."""
        return cast(Figure, self.axes.figure)

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the axes in the figure."""
        spec = cast(SubplotSpec, self.axes.get_subplotspec())
        return spec.rowspan.start, spec.colspan.start

    def pitch(self) -> tuple[float, float]:
        """Return width and height of a cell in points, in the current layout of the figure."""
        box = self.axes.get_window_extent().transformed(self.figure.dpi_scale_trans.inverted())
        return 72 * box.width / len(self.columns), 72 * box.height / len(self.rows)


def heat_map(
    axes: Axes,
    values: Floats,
    rows: Sequence[str],
    columns: Sequence[str],
    scale: Scale,
    *,
    text: Callable[[float], str] = short,
    ends: Sequence[str] | None = None,
    grey: npt.NDArray[np.bool_] | None = None,
    blank: npt.NDArray[np.bool_] | None = None,
    tasks: TaskSet | None = None,
) -> HeatMap:
    """Draw a matrix [R, C] and return it for :func:`fit_names`, which writes the names and numbers.

    Args:
        axes: Axes to draw in.
        values: Matrix [R, C]; NaN (undefined) is drawn as a grey cell with "-".
        rows: Names of the rows, R.
        columns: Names of the columns, C.
        scale: Colour map and its limits.
        text: Function from a value to the text of its cell.
        ends: Suffixes of the row names, which are never shortened, R; None for none.
        grey: Cells [R, C] that are grey but have a number, e.g. the diagonal.
        blank: Cells [R, C] that are white and have no number, e.g. where there is no edge.
        tasks: Tasks of the rows and columns, to draw lines between them; None for no lines.
    """
    undefined = np.isnan(values)
    grey, blank = (np.zeros_like(undefined) if cells is None else cells for cells in (grey, blank))
    plain = grey | undefined
    colours = {"cmap": scale.cmap, "vmin": scale.limits[0], "vmax": scale.limits[1]}
    mesh = _cells(axes, np.ma.masked_array(values, plain | blank), **colours)
    if plain.any():
        _cells(axes, np.ma.masked_array(np.zeros_like(values), ~plain), cmap=ListedColormap([GREY]))
    written = np.vectorize(lambda value: "-" if np.isnan(value) else text(float(value)), otypes=[object])(values)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5), xticks=[], yticks=[])
    axes.tick_params(length=0, pad=2)
    if tasks is not None:
        _separate(axes, tasks)
    return HeatMap(axes, mesh, rows, columns, scale, np.where(blank, "", written).tolist(), ends or [""] * len(rows))


def _separate(axes: Axes, tasks: TaskSet) -> None:
    """Draw lines between the tasks."""
    for task in list(tasks)[:-1]:
        edge = tasks.slice_of(task).stop - 0.5
        axes.axhline(edge, color="black", linewidth=0.8)
        axes.axvline(edge, color="black", linewidth=0.8)


def fit_names(maps: Sequence[HeatMap], numbers: str = "row of the table") -> None:
    """Write names and numbers at 6 points or more if they fit; call it last, after everything else is drawn.

    Long names are shortened in the middle. If names do not fit, rows or columns are numbered from 1.

    Args:
        maps: The heat maps, all of the same shape.
        numbers: Explanation of the row numbers, for the axis label.
    """
    figure = maps[0].figure
    places = [m.place for m in maps]
    across = 1 + max(column for _, column in places)
    room = 0.26 * 72 * figure.get_figwidth() / across
    beside = max(room, 0.18 * 72 * figure.get_figwidth())  # the rows of all panels are named once
    sizes = dict.fromkeys("xy", FontProperties(size=mpl.rcParams["xtick.labelsize"]).get_size_in_points())
    highest = min(MAX_ASPECT * figure.get_figwidth(), MAX_HEIGHT)
    while True:
        for found, (row, column) in zip(maps, places, strict=True):
            _name(found, "y", sizes["y"], beside, shown=column == 0, numbered=not sizes["x"])
            _name(found, "x", sizes["x"], room, shown=(row + 1, column) not in places, numbered=False)
        lay_out(figure)
        width, height = (min(of) for of in zip(*(m.pitch() for m in maps), strict=True))
        missing = len(maps[0].rows) * (SPACING * sizes["y"] - height) / 72
        if width < SPACING * sizes["x"]:
            sizes = {"x": SMALLEST, "y": SMALLEST} if sizes["x"] > SMALLEST else {**sizes, "x": 0}
        elif missing <= 0:
            break
        elif sizes["y"] > SMALLEST:
            sizes["y"] = SMALLEST
        elif len(maps) == 1 and (taller := figure.get_figheight() + 1.02 * missing + 0.02) <= highest:
            figure.set_figheight(taller)
        else:
            sizes["y"] = 0
    for found in maps:
        if sizes["x"] and widest(found.columns, sizes["x"]) < 0.9 * width:
            found.axes.tick_params(axis="x", rotation=0)
        if not sizes["y"]:
            found.axes.set_ylabel(f"{found.axes.get_ylabel()} ({numbers})".strip())
        _write(found, width, height)


def _name(found: HeatMap, which: str, size: float, room: float, *, shown: bool, numbered: bool) -> None:
    """Write the names of rows (``y``) or columns (``x``) at a font size; size 0 writes numbers instead."""
    axis = found.axes.yaxis if which == "y" else found.axes.xaxis
    names = found.rows if which == "y" else found.columns
    turned = 90 if which == "x" and size else 0
    if not size:
        step = next(step for step in (5, 10, 20, 50, 100, 10**9) if len(names) <= 12 * step)
        ticks = range(step - 1, len(names), step)
        texts = [str(k + 1) for k in ticks]
        size = SMALLEST
    else:
        ticks = range(len(names))
        ends = (
            [f"{found.ends[k]}   {k + 1}" if numbered else found.ends[k] for k in ticks]
            if which == "y"
            else [""] * len(names)
        )
        texts = [
            shortened(name, size, room - text_width(end, size)) + end for name, end in zip(names, ends, strict=True)
        ]
    axis.set_ticks(ticks, texts if shown else [""] * len(ticks), fontsize=size, rotation=turned)


def _write(found: HeatMap, width: float, height: float) -> None:
    """Write the numbers, white on dark cells, if the widest fits its cell."""
    texts = {text for row in found.texts for text in row}
    size = min(SMALL, height / SPACING, SMALL * 0.88 * width / (widest(texts, SMALL) or 1))
    if size < SMALLEST:
        return
    array: Any = np.ma.asarray(found.mesh.get_array())
    luminance = found.mesh.to_rgba(array)[..., :3] @ np.array([0.299, 0.587, 0.114])
    dark = (luminance < 0.5) & ~np.ma.getmaskarray(array)
    for (i, j), is_dark in np.ndenumerate(dark.reshape(len(found.rows), -1)):
        if text := found.texts[i][j]:
            colour = "white" if is_dark else "black"
            found.axes.text(j, i, text, ha="center", va="center", fontsize=size, color=colour).set_in_layout(False)


def _cells(axes: Axes, values: Any, **options: Any) -> PolyQuadMesh:
    """Draw cells as vector graphics, with edges of the same colour so that viewers show no white lines between them."""
    rows, columns = values.shape
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    return cast(PolyQuadMesh, axes.pcolor(*edges, values, edgecolors="face", linewidth=0.1, **options))
