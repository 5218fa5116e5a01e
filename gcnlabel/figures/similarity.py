"""Cosine similarity of the learned label vectors (Emotion-GCN, Fig. 6 and S2)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gcnlabel.errors import InputError
from gcnlabel.figures.adjacency import MAX_WRITTEN
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
    separate_tasks,
    short,
    write_cells,
)
from gcnlabel.tasks import TaskSet

Floats = npt.NDArray[np.float64]
LabelVectors = npt.ArrayLike | tuple[npt.ArrayLike, ...]
"""Vectors of all labels [L, D]; or a tuple, with the vectors of each network for its own labels."""


@FIGURES.register("similarity")
def similarity(runs: Runs) -> Drawings:
    """Draw the similarity of the label vectors of each run whose head has some."""
    vectors = {
        name: found["label_vectors"].double().numpy()
        for name, found in runs.predictions.items()
        if "label_vectors" in found
    }
    tasks = runs.tasks
    if tasks is None or not vectors:
        return {}
    return {"similarity": lambda: (similarity_figure(vectors, tasks), similarity_table(vectors, tasks))}


def cosine_similarity(vectors: npt.ArrayLike) -> Floats:
    """Return ``w_i w_j / (|w_i| |w_j|)`` of the rows of W [L, D], 0 where a vector is zero.

    Example:
        >>> cosine_similarity([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]])[0].tolist()
        [1.0, 0.0, 1.0]
    """
    W = finite(vectors, "the label vectors")
    lengths = np.linalg.norm(W, axis=1, keepdims=True)
    unit = np.divide(W, lengths, out=np.zeros_like(W), where=lengths > 0)
    return (unit @ unit.T).clip(-1, 1)


def label_similarity(vectors: LabelVectors) -> Floats:
    """Return the cosine similarities [L, L] of the labels of one network, or of several that share no features.

    Between labels of different networks it is not defined: NaN.

    Args:
        vectors: W [L, D]; or, in a tuple, that of each network for its own labels.

    Example:
        >>> label_similarity(([[1.0, 0.0]], [[3.0]])).tolist()
        [[1.0, nan], [nan, 1.0]]
    """
    blocks = [cosine_similarity(W) for W in (vectors if isinstance(vectors, tuple) else (vectors,))]
    ends = np.cumsum([0, *map(len, blocks)])
    values = np.full((ends[-1], ends[-1]), np.nan)
    for block, start in zip(blocks, ends, strict=False):
        values[start : start + len(block), start : start + len(block)] = block
    return values


def similarity_figure(vectors: Mapping[str, LabelVectors], tasks: TaskSet) -> Figure:
    """Return the cosine similarities of the label vectors of one or several runs, side by side, on one scale.

    Cells of labels whose networks share no features are hatched.

    Args:
        vectors: Name of a run -> its label vectors, see :func:`label_similarity`.
        tasks: Tasks of the labels.

    Raises:
        InputError: A run has another number of label vectors.
    """
    size, count = tasks.num_labels, len(vectors)
    width = COLUMN if count == 1 and size <= 12 else PAGE
    figure = new_figure(width, width / min(count, 2) * 0.98 * -(-count // 2) if count > 1 else width * 0.92)
    panels = figure.subplots(-(-count // 2), min(count, 2), squeeze=False, sharex=True, sharey=True)
    for axes in panels.flat[count:]:
        axes.set_visible(False)
    for axes, (name, W) in zip(panels.flat, vectors.items(), strict=False):
        values = label_similarity(W)
        if len(values) != size:
            raise InputError(f"run {name!r} has {len(values)} label vectors", expected=f"{size}, one a label")
        image = axes.imshow(values, cmap="RdBu_r", vmin=-1, vmax=1)
        matrix_axes(axes, tasks.labels, tasks.labels, label_size(size))
        separate_tasks(axes, tasks)
        axes.set_title(name, fontsize=SMALL + 1)
        if np.isnan(values).any():
            _hatch(axes, values)
        if size <= MAX_WRITTEN:
            texts = [[_text(value) for value in row] for row in values]
            write_cells(axes, texts, is_dark(axes, values), 6.0 if size <= 12 else 4.0)
    bar = figure.colorbar(image, ax=panels, shrink=0.7, pad=0.02)
    bar.ax.tick_params(labelsize=SMALL)
    bar.set_label("cosine similarity", fontsize=SMALL)
    return figure


def _text(value: float) -> str:
    return "" if np.isnan(value) else "1" if value > 0.995 else short(value)


def _hatch(axes: Axes, values: Floats) -> None:
    """Hatch undefined cells, with a note."""
    for i, j in np.argwhere(np.isnan(values)):
        axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, hatch="////", edgecolor="0.75", linewidth=0))
    axes.set_xlabel("hatched: not defined, the networks share no features", fontsize=SMALL)


def similarity_table(vectors: Mapping[str, LabelVectors], tasks: TaskSet) -> pl.DataFrame:
    """Return the similarities as a table: run, label, then one column per label; empty where undefined."""
    parts = []
    for name, W in vectors.items():
        values = label_similarity(W)
        columns = {label: pl.Series(values[:, j]).fill_nan(None) for j, label in enumerate(tasks.labels)}
        parts.append(pl.DataFrame({"run": [name] * len(values), "label": tasks.labels, **columns}))
    return pl.concat(parts)
