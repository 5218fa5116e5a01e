"""Sample images with the predictions of several models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gcnlabel.figures.style import COLOURS, PAGE, SMALL, new_figure, short

COLUMNS = 4


@dataclass(frozen=True)
class SamplePredictions:
    """K samples, their annotations, and the predictions of M models.

    Attributes:
        images: uint8 [K, C, H, W].
        classes: Names of the classes.
        true_class: [K].
        true_affect: Valence and arousal [K, 2].
        names: Names of the models, M.
        predicted_class: [M, K].
        predicted_affect: [M, K, 2].
        rows: Position of each sample in its split, [K].
    """

    images: npt.NDArray[np.uint8]
    classes: Sequence[str]
    true_class: npt.NDArray[np.int64]
    true_affect: npt.NDArray[np.float64]
    names: Sequence[str]
    predicted_class: npt.NDArray[np.int64]
    predicted_affect: npt.NDArray[np.floating]
    rows: npt.NDArray[np.int64]


def sample_figure(samples: SamplePredictions) -> Figure:
    """Return a grid of images with annotation and predictions below each (Emotion-GCN, Fig. 5)."""
    count = len(samples.rows)
    grid_rows = -(-count // COLUMNS)
    figure = new_figure(PAGE, grid_rows * (1.45 + 0.13 * (len(samples.names) + 1)) + 0.25)
    panels = figure.subplots(grid_rows, COLUMNS, squeeze=False)
    for axes in panels.flat:
        axes.set_axis_off()
    for k, axes in enumerate(panels.flat[:count]):
        image = samples.images[k].transpose(1, 2, 0)
        axes.imshow(image.squeeze(), cmap="gray" if image.shape[2] == 1 else None, vmin=0, vmax=255)
        _write(axes, samples, k)
    handles = [Line2D([], [], linestyle="none", label=name) for name in ("annotated", *samples.names)]
    colours = ["black", *COLOURS[: len(samples.names)]]
    figure.legend(
        handles=handles,
        labelcolor=colours,
        title="class (valence, arousal); a class that is right is in bold",
        title_fontsize=SMALL,
        fontsize=SMALL,
        ncols=len(handles),
        loc="outside lower center",
        handlelength=0,
        frameon=False,
    )
    return figure


def sample_table(samples: SamplePredictions) -> pl.DataFrame:
    """Return one row per sample: its position, its annotation, and every model's class, valence and arousal."""
    columns: dict[str, Sequence[object]] = {
        "row": samples.rows.tolist(),
        **_columns("true", samples.classes, samples.true_class, samples.true_affect),
    }
    for m, name in enumerate(samples.names):
        columns |= _columns(name, samples.classes, samples.predicted_class[m], samples.predicted_affect[m])
    return pl.DataFrame(columns)


def _columns(
    name: str, classes: Sequence[str], codes: npt.NDArray[np.int64], affect: npt.NDArray[np.floating]
) -> dict[str, Sequence[object]]:
    return {
        f"{name}: class": [classes[code] for code in codes],
        f"{name}: valence": affect[:, 0].tolist(),
        f"{name}: arousal": affect[:, 1].tolist(),
    }


def _write(axes: Axes, samples: SamplePredictions, k: int) -> None:
    lines = [(samples.true_class[k], samples.true_affect[k], "black")]
    for m in range(len(samples.names)):
        lines.append((samples.predicted_class[m, k], samples.predicted_affect[m, k], COLOURS[m]))
    for i, (code, (valence, arousal), colour) in enumerate(lines):
        text = f"{samples.classes[code]} ({short(valence)}, {short(arousal)})"
        right = i > 0 and code == samples.true_class[k]
        axes.annotate(
            text,
            xy=(0.5, 0),
            xycoords="axes fraction",
            xytext=(0, -8 - 8.5 * i),
            textcoords="offset points",
            ha="center",
            fontsize=6.5,
            color=colour,
            fontweight="bold" if right else "normal",
        )
