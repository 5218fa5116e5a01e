"""Cells of a matrix that is drawn as an image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes


def matrix_axes(axes: Axes, rows: Sequence[str], columns: Sequence[str], size: float) -> None:
    """Label the rows and columns of a matrix."""
    axes.set_xticks(range(len(columns)), columns, rotation=90 if len(columns) > 4 else 45, fontsize=size)
    axes.set_yticks(range(len(rows)), rows, fontsize=size)
    axes.tick_params(length=0)


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
    return 8.0 if count <= 12 else 7.0 if count <= 40 else 6.0
