"""Confusion matrices (Emotion-GCN, Fig. 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure
from torch import Tensor

from gcnlabel.errors import InputError
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
    write_cells,
)
from gcnlabel.metrics.categorical import confusion_matrix
from gcnlabel.tasks import Task

MAX_WRITTEN = 25
Matrices = Mapping[str, npt.ArrayLike]


@FIGURES.register("confusion")
def confusion(runs: Runs) -> Drawings:
    """Draw the confusions of each task of classes, for the runs with predictions."""
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
    """Return each row divided by its sum, NaN in rows without a sample.

    Example:
        >>> row_shares([[3, 1], [0, 0]]).tolist()
        [[0.75, 0.25], [nan, nan]]
    """
    array = finite(counts, "the confusion matrix")
    total = array.sum(1, keepdims=True)
    return np.divide(array, total, out=np.full_like(array, np.nan), where=total > 0)


def confusion_figure(matrices: Matrices, classes: Sequence[str]) -> Figure:
    """Return the confusion matrices of one or several runs, in percent of the true class, side by side.

    A class without a sample is drawn grey and marked "-".

    Args:
        matrices: Name of a run -> counts [classes, classes], row = true class.
        classes: Names of the classes.

    Raises:
        InputError: A matrix has another size.
    """
    count, size = len(matrices), len(classes)
    width = COLUMN if count == 1 else PAGE
    rows, columns = -(-count // 2), min(count, 2)
    figure = new_figure(width, width / columns * 0.95 * rows)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes in panels.flat[count:]:
        axes.set_visible(False)
    for axes, (name, counts) in zip(panels.flat, matrices.items(), strict=False):
        shares = row_shares(counts)
        if shares.shape != (size, size):
            raise InputError(f"run {name!r}: a matrix of shape {list(shares.shape)}", expected=f"[{size}, {size}]")
        axes.set_facecolor("#DDDDDD")
        image = axes.imshow(100 * shares, cmap="Blues", vmin=0, vmax=100)
        matrix_axes(axes, classes, classes, label_size(size))
        if size <= MAX_WRITTEN:
            texts = [["-" if np.isnan(v) else f"{100 * v:.0f}" for v in row] for row in shares]
            write_cells(axes, texts, is_dark(axes, np.nan_to_num(100 * shares)), SMALL)
        axes.set_title(name, fontsize=SMALL + 1)
    figure.supxlabel("predicted", fontsize=SMALL + 1)
    figure.supylabel("true", fontsize=SMALL + 1)
    bar = figure.colorbar(image, ax=panels, shrink=0.7, pad=0.02)
    bar.ax.tick_params(labelsize=SMALL)
    bar.set_label("% of the true class", fontsize=SMALL)
    return figure


def confusion_table(matrices: Matrices, classes: Sequence[str]) -> pl.DataFrame:
    """Return the counts as a table: run, true class, then a column a predicted class."""
    parts = []
    for name, counts in matrices.items():
        array = np.asarray(counts)
        columns = {label: array[:, j] for j, label in enumerate(classes)}
        parts.append(pl.DataFrame({"run": [name] * len(array), "true": list(classes), **columns}))
    return pl.concat(parts)
