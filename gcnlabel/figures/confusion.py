"""Confusion matrices (Emotion-GCN, Fig. 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure
from torch import Tensor

from gcnlabel.errors import InputError
from gcnlabel.figures.colour_bar import colour_bar
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.heat_map import fit_names, heat_map
from gcnlabel.figures.scale import Scale
from gcnlabel.figures.sizes import MAX_HEIGHT, matrix_height
from gcnlabel.figures.style import COLUMN, PAGE, finite, new_figure, styled, width_or
from gcnlabel.metrics.categorical import confusion_matrix
from gcnlabel.tasks import Task

MAX_ACROSS = 10
"""Largest number of classes with which four matrices fit across a page."""
PERCENT = Scale((0, 100), mpl.colormaps["Blues"], "neither")
Matrices = Mapping[str, npt.ArrayLike]


@FIGURES.register("confusion")
def confusion(runs: Runs) -> Drawings:
    """Draw the confusion matrices of each categorical task, for the runs with predictions."""
    found = runs.predictions
    tasks = [task for task in runs.tasks or () if task.exclusive and found]
    return {f"confusion_{task.name}": partial(_drawn, found, task) for task in tasks}


def _drawn(found: Mapping[str, Mapping[str, Tensor]], task: Task) -> tuple[Figure, pl.DataFrame]:
    matrices = {
        run: confusion_matrix(of_run[f"scores/{task.name}"], of_run[f"targets/{task.name}"]).numpy()
        for run, of_run in found.items()
    }
    return confusion_figure(matrices, task.labels), confusion_table(matrices, task.labels)


def row_shares(counts: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return each row [R, C] divided by its sum; NaN in rows without a sample.

    Example:
        >>> row_shares([[3, 1], [0, 0]]).tolist()
        [[0.75, 0.25], [nan, nan]]
    """
    array = finite(counts, "the confusion matrix")
    total = array.sum(1, keepdims=True)
    return np.divide(array, total, out=np.full_like(array, np.nan), where=total > 0)


@styled
def confusion_figure(matrices: Matrices, classes: Sequence[str]) -> Figure:
    """Return the confusion matrices of one or several runs in percent of the true class, up to four side by side.

    The number of samples is next to each true class; rows without a sample are grey with "-".

    Args:
        matrices: Name of a run -> counts [classes, classes], row = true class.
        classes: Names of the classes.

    Raises:
        InputError: A matrix is not [classes, classes].
    """
    count, size = len(matrices), len(classes)
    shares = {name: row_shares(counts) for name, counts in matrices.items()}
    for name, values in shares.items():
        if values.shape != (size, size):
            raise InputError(f"run {name!r}: a matrix of shape {list(values.shape)}", expected=f"[{size}, {size}]")
    width = width_or(COLUMN if count == 1 and size <= MAX_ACROSS else PAGE)
    columns = min(count, (4 if size <= MAX_ACROSS else 2) if width > 5 else 1)
    rows = -(-count // columns)
    height = matrix_height(width, size) if count == 1 else 1.05 * width / columns * rows
    figure = new_figure(width, min(height, MAX_HEIGHT))
    panels = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for axes in panels[count:]:
        axes.set_visible(False)
    maps = []
    for axes, (name, values) in zip(panels, shares.items(), strict=False):
        counts = [f" ({total:.0f})" for total in np.asarray(matrices[name]).sum(1)]
        maps.append(heat_map(axes, 100 * values, classes, classes, PERCENT, text=_percent, ends=counts))
        axes.set_title(name)
    figure.supxlabel("predicted")
    figure.supylabel("true (samples)")
    colour_bar(maps, "% of the true class")
    fit_names(maps)
    return figure


def _percent(value: float) -> str:
    return f"{value:.0f}"


def confusion_table(matrices: Matrices, classes: Sequence[str]) -> pl.DataFrame:
    """Return the counts as a table: run, true class, then one column per predicted class."""
    parts = []
    for name, counts in matrices.items():
        array = np.asarray(counts)
        columns = {label: array[:, j] for j, label in enumerate(classes)}
        parts.append(pl.DataFrame({"run": [name] * len(array), "true": list(classes), **columns}))
    return pl.concat(parts)
