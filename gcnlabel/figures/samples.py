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

from gcnlabel.errors import InputError
from gcnlabel.figures.legend import add_legend
from gcnlabel.figures.style import PAGE, SMALLEST, colour, new_figure, short, styled, width_or
from gcnlabel.figures.text import shortened, text_width

STEP = 7.5
"""Line spacing, in points."""
OUTSIDE = "; *: outside [-1, 1]"


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
        rows: Index of each sample in its split, [K].
    """

    images: npt.NDArray[np.uint8]
    classes: Sequence[str]
    true_class: npt.NDArray[np.int64]
    true_affect: npt.NDArray[np.float64]
    names: Sequence[str]
    predicted_class: npt.NDArray[np.int64]
    predicted_affect: npt.NDArray[np.floating]
    rows: npt.NDArray[np.int64]


@styled
def sample_figure(samples: SamplePredictions) -> Figure:
    """Return a grid of images with annotation and predictions below each (Emotion-GCN, Fig. 5).

    Values outside [-1, 1], the range of annotations, are marked with an asterisk.

    Args:
        samples: The samples.

    Raises:
        InputError: There are no samples.
    """
    count = len(samples.rows)
    if count == 0:
        raise InputError("no sample to draw", expected="at least one")
    width = width_or(PAGE)
    columns = max(1, int(width / 1.6))
    columns = -(-count // -(-count // columns))  # as few columns as the same number of rows allows
    grid_rows = -(-count // columns)
    lines = len(samples.names) + 1
    side = min(0.8 * width / columns, 1.6)
    figure = new_figure(width, grid_rows * (side + STEP * lines / 72 + 0.1))
    panels = figure.subplots(grid_rows, columns, squeeze=False)
    for axes in panels.flat:
        axes.set_axis_off()
    for k, axes in enumerate(panels.flat[:count]):
        image = samples.images[k].transpose(1, 2, 0)
        axes.imshow(image.squeeze(), cmap="gray" if image.shape[2] == 1 else None, vmin=0, vmax=255)
        _write(axes, samples, k, 72 * width / columns)
    _legend(figure, samples)
    return figure


def _legend(figure: Figure, samples: SamplePredictions) -> None:
    handles = [Line2D([], [], linestyle="none", label=name) for name in ("annotated", *samples.names)]
    outside = OUTSIDE if _outside(samples).any() else ""
    title = f"class (valence, arousal); correct classes are bold{outside}"
    colours = ["black", *(colour(m) for m in range(len(samples.names)))]
    add_legend(figure, handles, title=title, handle_length=0, colours=colours)


def _outside(samples: SamplePredictions) -> npt.NDArray[np.bool_]:
    """Return which values are outside [-1, 1], [M + 1, K, 2]."""
    return np.abs(np.concatenate([samples.true_affect[None], samples.predicted_affect])) > 1


def sample_table(samples: SamplePredictions) -> pl.DataFrame:
    """Return one row per sample: its index, its annotation, and class, valence and arousal by each model."""
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


def _write(axes: Axes, samples: SamplePredictions, k: int, room: float) -> None:
    """Write the annotation and the predictions of a sample, no wider than ``room`` points."""
    lines = [(samples.true_class[k], samples.true_affect[k], "black")]
    for m in range(len(samples.names)):
        lines.append((samples.predicted_class[m, k], samples.predicted_affect[m, k], colour(m)))
    for i, (code, affect, shade) in enumerate(lines):
        numbers = f" ({', '.join(marked(value) for value in affect)})"
        name = shortened(samples.classes[code], SMALLEST, 0.88 * room - text_width(numbers, SMALLEST))
        right = i > 0 and code == samples.true_class[k]
        axes.annotate(
            name + numbers,
            xy=(0.5, 0),
            xycoords="axes fraction",
            xytext=(0, -7 - STEP * i),
            textcoords="offset points",
            ha="center",
            fontsize=SMALLEST,
            color=shade,
            fontweight="bold" if right else "normal",
        )


def marked(value: float) -> str:
    """Return a number as text, with an asterisk if it is outside [-1, 1].

    Example:
        >>> marked(-0.5), marked(1.083)
        ('-.50', '1.08*')
    """
    return f"{short(value)}{'*' if abs(value) > 1 else ''}"
