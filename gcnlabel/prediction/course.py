"""Predicted dimensions over time in a video, smoothed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gcnlabel.figures.legend import add_legend, handles_of
from gcnlabel.figures.style import PAGE, new_figure, styled, width_or
from gcnlabel.prediction.boxes import shade_of
from gcnlabel.prediction.detected import Detected
from gcnlabel.prediction.tracks import MAX_GAP
from gcnlabel.tasks import Task

MAX_TRACKS = 6
"""Maximum number of drawn tracks; those seen in the most frames are drawn."""
Floats = npt.NDArray[np.float64]


def course_table(found: Detected, window: float) -> pl.DataFrame:
    """Return the values of the dimensions over time, one row per detection and dimension.

    The columns are ``time``, ``number`` of the track, ``dimension`` as task:label, ``value`` and ``smoothed``.

    Args:
        found: Detections in a video, with their predictions.
        window: Width of the smoothing window in seconds, see :func:`smoothed`.
    """
    seen = found.table().filter(pl.col("score").is_not_null())
    names = [f"{task.name}:{label}" for task in found.tasks if not task.discrete for label in task.labels]
    long = seen.select("time", "number", *names).unpivot(
        names, index=["time", "number"], variable_name="dimension", value_name="value"
    )
    parts = [
        part.with_columns(pl.Series("smoothed", smoothed(part["time"].to_numpy(), part["value"].to_numpy(), window)))
        for part in long.partition_by("number", "dimension", maintain_order=True)
    ]
    return pl.concat(parts) if parts else long.with_columns(smoothed=pl.col("value"))


def smoothed(times: npt.ArrayLike, values: npt.ArrayLike, window: float) -> Floats:
    """Return a centred moving average: for each time, the mean of all values at most half a window away, [N].

    Args:
        times: Times in seconds, ascending, [N].
        values: Values, [N].
        window: Width of the window in seconds; 0 for no smoothing.

    Example:
        >>> smoothed([0, 1, 2, 5], [0, 3, 0, 8], 2).tolist()
        [1.5, 1.0, 1.5, 8.0]
    """
    at, sums = np.asarray(times, dtype=np.float64), np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    first = np.searchsorted(at, at - window / 2 - 1e-9, "left")
    end = np.searchsorted(at, at + window / 2 + 1e-9, "right")
    return np.asarray((sums[end] - sums[first]) / (end - first))


@styled
def course_figure(found: Detected, table: pl.DataFrame, window: float) -> Figure:
    """Return a figure with an axis per dimension: predicted values as thin lines, smoothed values as thick lines.

    A track has the same colour as in the annotated video; its lines are broken where it was not detected for more than
    :data:`~gcnlabel.prediction.tracks.MAX_GAP` seconds.

    Args:
        found: Detections in a video, with their predictions.
        table: Result of :func:`course_table`.
        window: Width of the smoothing window in seconds.
    """
    dimensions = [(task, label) for task in found.tasks if not task.discrete for label in task.labels]
    counts = table["number"].value_counts(sort=True)["number"].to_list()
    figure = new_figure(width_or(PAGE), 0.7 + 1.3 * len(dimensions))
    panels = figure.subplots(len(dimensions), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (task, label) in zip(panels, dimensions, strict=True):
        of_label = table.filter(dimension=f"{task.name}:{label}")
        for number in sorted(counts[:MAX_TRACKS]):
            _draw(axes, of_label.filter(number=number), number)
        _set_scale(axes, task, label)
    panels[-1].set_xlabel("time in seconds")
    more = f"; {len(counts) - MAX_TRACKS} shorter tracks are not drawn" if len(counts) > MAX_TRACKS else ""
    title = f"thin: each frame, thick: mean over {window:g} s{more}" if window else f"each frame{more}"
    add_legend(figure, handles_of(figure), title=title)
    return figure


def _draw(axes: Axes, track: pl.DataFrame, number: int) -> None:
    times = track["time"].to_numpy()
    steps = np.diff(times)
    gaps = 1 + np.flatnonzero(steps > max(MAX_GAP, 2 * float(np.median(steps)) if len(steps) else 0))
    look: dict[str, Any] = {"color": shade_of(number), "marker": "o" if len(times) == 1 else None}
    for column, width, alpha, label in (("value", 0.5, 0.45, "_frames"), ("smoothed", 1.8, 1.0, f"#{number}")):
        values = np.insert(track[column].to_numpy().astype(np.float64), gaps, math.nan)
        axes.plot(np.insert(times, gaps, math.nan), values, linewidth=width, alpha=alpha, label=label, **look)


def _set_scale(axes: Axes, task: Task, label: str) -> None:
    low, high = task.bounds
    axes.set_ylabel(label)
    axes.margins(x=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    if math.isfinite(low) and math.isfinite(high):
        axes.set_ylim(low, high)
    if low < 0 < high:
        axes.axhline(0, color="0.75", linewidth=0.6, zorder=0)
