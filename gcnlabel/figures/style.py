"""Common style of figures: sizes of a two-column paper, fonts embedded as text, colour-blind safe colours."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

COLUMN = 3.5
"""Width of a column in inches."""
PAGE = 7.16
"""Width of a page of two columns in inches."""
SMALL, MEDIUM = 7.0, 8.0
"""Sizes of text in points."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999", "#F0E442", "#000000")
"""Okabe and Ito's colours."""

mpl.rcParams.update({"pdf.fonttype": 42, "ps.fonttype": 42, "svg.hashsalt": "gcnlabel", "svg.fonttype": "none"})
mpl.rcParams["text.parse_math"] = False  # no mathtext: names may contain dollars


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, in inches, with a layout without overlaps."""
    return Figure(figsize=(width, height), dpi=200, layout="constrained")


def finite(values: npt.ArrayLike, what: str) -> npt.NDArray[np.float64]:
    """Return values as an array.

    Raises:
        InputError: One is NaN or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{what} holds {array[place]} at {place}", expected="finite numbers")
    return array


def matrix_axes(axes: Axes, rows: Sequence[str], columns: Sequence[str], size: float) -> None:
    """Label the rows and columns of a matrix."""
    axes.set_xticks(range(len(columns)), columns, rotation=90 if len(columns) > 4 else 45, fontsize=size)
    axes.set_yticks(range(len(rows)), rows, fontsize=size)
    axes.tick_params(length=0)


def separate_tasks(axes: Axes, tasks: TaskSet) -> None:
    """Draw lines between the tasks of a matrix."""
    for task in list(tasks)[:-1]:
        edge = tasks.slice_of(task).stop - 0.5
        axes.axhline(edge, color="black", linewidth=0.8)
        axes.axvline(edge, color="black", linewidth=0.8)


def short(value: float) -> str:
    """Return two decimals without a leading zero.

    Example:
        >>> short(0.35), short(-0.124), short(10.5), short(-0.001)
        ('.35', '-.12', '10.50', '.00')
    """
    text = f"{round(value, 2) + 0.0:.2f}"  # + 0.0: no "-.00"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def write_cells(axes: Axes, texts: list[list[str]], dark: npt.NDArray[np.bool_], size: float) -> None:
    """Write a text into each cell of a matrix, white on dark cells."""
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            axes.text(j, i, text, ha="center", va="center", fontsize=size, color="white" if dark[i, j] else "black")


def is_dark(axes: Axes, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which cells of the last drawn matrix are dark."""
    colours = axes.images[-1].to_rgba(values)[..., :3]
    dark: npt.NDArray[np.bool_] = colours @ np.array([0.299, 0.587, 0.114]) < 0.5
    return dark


def label_size(count: int) -> float:
    """Return the font size of the names of that many rows, in points."""
    return MEDIUM if count <= 12 else SMALL if count <= 40 else 5.0
