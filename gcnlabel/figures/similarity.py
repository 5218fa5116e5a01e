"""Cosine similarity of the learned label vectors (Emotion-GCN, Fig. 6 and S2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.figures.colour_bar import colour_bar
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.heat_map import fit_names, heat_map
from gcnlabel.figures.order import MAX_GIVEN, Order, label_order
from gcnlabel.figures.scale import SIGNED, Scale
from gcnlabel.figures.sizes import MAX_HEIGHT, matrix_height
from gcnlabel.figures.style import COLUMN, PAGE, SMALL, finite, new_figure, short, styled, width_or
from gcnlabel.tasks import TaskSet

Floats = npt.NDArray[np.float64]
LabelVectors = npt.ArrayLike | tuple[npt.ArrayLike, ...]
"""Vectors of all labels [L, D]; or a tuple, with the vectors of each network for its own labels."""
MAX_SIDE_BY_SIDE = 25
"""Largest number of labels for which several runs share one figure."""
COSINE = Scale((-1, 1), mpl.colormaps[SIGNED], "neither")


@FIGURES.register("similarity")
def similarity(runs: Runs, *, order: Order | None = None) -> Drawings:
    """Draw the similarity of the label vectors of each run that has some; for many labels, one figure per run.

    Args:
        runs: The runs.
        order: Order of the labels: tasks, dendrogram or given.
    """
    vectors = {
        name: found["label_vectors"].double().numpy()
        for name, found in runs.predictions.items()
        if "label_vectors" in found
    }
    tasks = runs.tasks
    if tasks is None or not vectors:
        return {}
    if tasks.num_labels <= MAX_SIDE_BY_SIDE or len(vectors) == 1:
        return {"similarity": partial(_drawn, vectors, tasks, order)}
    return {f"similarity_{name}": partial(_drawn, {name: W}, tasks, order) for name, W in vectors.items()}


def _drawn(vectors: Mapping[str, LabelVectors], tasks: TaskSet, order: str | None) -> tuple[Figure, pl.DataFrame]:
    return similarity_figure(vectors, tasks, order=order), similarity_table(vectors, tasks, order=order)


def cosine_similarity(vectors: npt.ArrayLike) -> Floats:
    """Return the cosine similarities [L, L] of the rows of W [L, D], 0 for zero vectors.

    Example:
        >>> cosine_similarity([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]])[0].tolist()
        [1.0, 0.0, 1.0]
    """
    W = finite(vectors, "the label vectors")
    lengths = np.linalg.norm(W, axis=1, keepdims=True)
    unit = np.divide(W, lengths, out=np.zeros_like(W), where=lengths > 0)
    return (unit @ unit.T).clip(-1, 1)


def label_similarity(vectors: LabelVectors) -> Floats:
    """Return the cosine similarities [L, L] of the label vectors of one network, or of several.

    The similarity of labels of different networks, which share no features, is NaN.

    Args:
        vectors: W [L, D]; or a tuple with the W of each network for its own labels.

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


@styled
def similarity_figure(vectors: Mapping[str, LabelVectors], tasks: TaskSet, *, order: str | None = None) -> Figure:
    """Return heat maps of the cosine similarities of the label vectors of one or several runs, on one scale.

    Cells of labels of different networks, which share no features, are grey with "-".

    Args:
        vectors: Name of a run -> its label vectors, see :func:`label_similarity`.
        tasks: Tasks of the labels.
        order: Order of the labels, the same for all runs; see :func:`gcnlabel.figures.order.label_order`.

    Raises:
        InputError: The number of label vectors of a run is not the number of labels.
    """
    table = similarity_table(vectors, tasks, order=order)
    size, count = tasks.num_labels, len(vectors)
    width = width_or(COLUMN if count == 1 and size <= MAX_GIVEN else PAGE)
    columns = min(count, 2 if width > 5 else 1)
    rows = -(-count // columns)
    height = matrix_height(width, size) if count == 1 else 0.95 * width / columns * rows
    figure = new_figure(width, min(height, MAX_HEIGHT))
    panels = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for axes in panels[count:]:
        axes.remove()
    drawn = []
    for axes, name in zip(panels, vectors, strict=False):
        of_run = table.filter(run=name)
        names, values = of_run["label"].to_list(), of_run.drop("run", "label").to_numpy()
        lines = None if order == "dendrogram" else tasks
        drawn.append(heat_map(axes, values, names, names, COSINE, text=_text, tasks=lines))
        axes.set_title(name)
    if table.null_count().sum_horizontal()[0]:
        figure.supxlabel("-: not defined, the networks share no features", fontsize=SMALL)
    colour_bar(drawn, "cosine similarity")
    fit_names(drawn)
    return figure


def _text(value: float) -> str:
    return "1" if value > 0.995 else short(value)


def similarity_table(vectors: Mapping[str, LabelVectors], tasks: TaskSet, *, order: str | None = None) -> pl.DataFrame:
    """Return the similarities as a table in the order of the figure: run, label, then one column per label.

    Undefined similarities are null.

    Raises:
        InputError: The number of label vectors of a run is not the number of labels.
    """
    found = {name: label_similarity(W) for name, W in vectors.items()}
    for name, values in found.items():
        if len(values) != tasks.num_labels:
            raise InputError(
                f"run {name!r} has {len(values)} label vectors", expected=f"{tasks.num_labels}, one per label"
            )
    places = label_order(np.nan_to_num(np.stack([*found.values()])).mean(0), tasks, order)
    labels, parts = [tasks.labels[i] for i in places], []
    for name, values in found.items():
        columns = {tasks.labels[j]: pl.Series(values[places, j]).fill_nan(None) for j in places}
        parts.append(pl.DataFrame({"run": [name] * len(values), "label": labels, **columns}))
    return pl.concat(parts)
