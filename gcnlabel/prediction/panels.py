"""Small panels that show the predictions of one task."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from gcnlabel.decimals import decimal
from gcnlabel.figures.style import COLOURS, MEDIUM, SMALL
from gcnlabel.tasks import Task

Values = npt.NDArray[np.floating]

PREDICTED, OTHER = COLOURS[0], "0.85"
MAX_BARS = 10


def draw_classes(axes: Axes, task: Task, probabilities: Values, thresholds: Values) -> None:
    """Draw the most probable classes, with the predicted one in colour.

    Args:
        axes: Axes to draw in.
        task: The task.
        probabilities: Probabilities [labels].
        thresholds: Ignored.
    """
    best = int(probabilities.argmax())
    _draw_bars(axes, task.labels, probabilities, np.arange(len(task)) == best)
    _title(axes, task.labels[best], f"{probabilities[best]:.0%}")


def draw_tags(axes: Axes, task: Task, probabilities: Values, thresholds: Values) -> None:
    """Draw the most probable tags, with a tick at the threshold of each.

    Args:
        axes: Axes to draw in.
        task: The task.
        probabilities: Probabilities [labels].
        thresholds: Decision thresholds, as probabilities [labels].
    """
    predicted = probabilities >= thresholds
    rows = _draw_bars(axes, task.labels, probabilities, predicted)
    axes.plot(thresholds[rows], range(len(rows)), "|", color="black", markersize=7, markeredgewidth=0.8)
    count = int(predicted.sum())
    _title(axes, task.name, f"{count} of {len(task)} predicted")


def draw_valence_arousal(axes: Axes, task: Task, values: Values, thresholds: Values) -> None:
    """Draw a point in the plane of valence (horizontal) and arousal (vertical), clipped to the range of the task.

    Args:
        axes: Axes to draw in.
        task: The task, with both dimensions in either order.
        values: Values [2].
        thresholds: Ignored.
    """
    low, high = _range(task, values)
    point = [float(values[task.labels.index(name)]) for name in ("valence", "arousal")]
    middle, drawn = (low + high) / 2, np.clip(point, low, high)
    for line in (axes.axhline, axes.axvline):
        line(middle, color="0.75", linewidth=0.8, zorder=0)
    axes.plot([middle, drawn[0]], [middle, drawn[1]], color=PREDICTED, linewidth=1.2, alpha=0.5)
    axes.plot(*drawn, "o", color=PREDICTED, markersize=7, clip_on=False, zorder=3)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_box_aspect(1)
    axes.set_xticks([low, middle, high])
    axes.set_yticks([low, middle, high])
    _frame(axes)
    axes.set_xlabel("valence", fontsize=MEDIUM, labelpad=1)
    axes.set_ylabel("arousal", fontsize=MEDIUM, labelpad=-4)
    axes.set_title(", ".join(decimal(float(x), 2, "+") for x in point[:2]), fontsize=MEDIUM + 1, loc="left", pad=5)


def draw_dimensions(axes: Axes, task: Task, values: Values, thresholds: Values) -> None:
    """Draw a scale for each dimension with a mark at its value, clipped to the range of the task.

    Args:
        axes: Axes to draw in.
        task: The task.
        values: Values [labels].
        thresholds: Ignored.
    """
    low, high = _range(task, values)
    rows = np.arange(len(task))
    axes.hlines(rows, low, high, color=OTHER, linewidth=3, zorder=0)
    axes.plot(values.clip(low, high), rows, "o", color=PREDICTED, markersize=6, clip_on=False)
    for row, value in enumerate(values.tolist()):
        axes.annotate(
            decimal(float(value), 2),
            (1, row),
            (4, 0),
            ("axes fraction", "data"),
            "offset points",
            va="center",
            fontsize=SMALL,
        )
    axes.set_xlim(low, high)
    axes.set_ylim(len(task) - 0.5, -0.5)
    axes.set_yticks(rows, task.labels)
    axes.set_xticks([low, (low + high) / 2, high])
    _frame(axes)
    axes.spines[:].set_visible(False)
    axes.set_title(task.name, fontsize=MEDIUM + 1, loc="left", pad=5)


def _draw_bars(
    axes: Axes, labels: tuple[str, ...], probabilities: Values, predicted: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """Draw bars of the highest probabilities in descending order, and return the label indices."""
    rows = np.argsort(-probabilities, kind="stable")[:MAX_BARS]
    colours = [PREDICTED if predicted[row] else OTHER for row in rows]
    axes.barh(range(len(rows)), probabilities[rows], color=colours, height=0.72)
    for place, row in enumerate(rows.tolist()):
        inside = probabilities[row] > 0.8
        axes.annotate(
            f"{probabilities[row]:.0%}",
            (probabilities[row], place),
            (-3 if inside else 3, 0),
            textcoords="offset points",
            ha="right" if inside else "left",
            va="center",
            fontsize=SMALL,
            color="white" if inside and predicted[row] else "black",
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(max(len(rows), 4) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [labels[row] for row in rows])
    axes.set_xticks([])
    _frame(axes)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    return rows


def _title(axes: Axes, name: str, more: str) -> None:
    axes.set_title(f"{name}  {more}", fontsize=MEDIUM + 1, loc="left", pad=5)


def _frame(axes: Axes) -> None:
    axes.tick_params(length=0, labelsize=SMALL, pad=3)
    axes.tick_params(axis="y", labelsize=MEDIUM)
    axes.spines[:].set_color("0.75")


def _range(task: Task, values: Values) -> tuple[float, float]:
    """Return the range of a task; if it has none, the smallest symmetric integer range that contains the values."""
    if math.isfinite(task.bounds[0]):
        return task.bounds
    end = float(max(1, math.ceil(float(np.abs(values).max()))))
    return -end, end
