"""Gains of heads over a reference, against the amount of annotation."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.figures.style import COLOURS, MEDIUM, PAGE, SMALL, new_figure

GREY = "0.6"
ASIDE = 0.06
"""Horizontal offset between bold heads, in steps between amounts, so that their intervals do not overlap."""


class Gain(NamedTuple):
    """A mean paired difference and half of its 95% interval, infinite where there is one pair."""

    mean: float
    half_width: float


Panel = Mapping[str, Mapping[str, Gain]]


def gains_figure(panels: Mapping[str, Panel], bold: Sequence[str], reference: str = "linear") -> Figure:
    """Return a panel for each metric: gains against amounts of annotation, with 95% intervals of the bold heads.

    Args:
        panels: Metric -> amount of annotation, in order -> head -> gain.
        bold: Heads drawn in separate colours; the others are thin and grey.
        reference: Head that the others are compared with, the line at 0.

    Raises:
        InputError: There is nothing to draw.
    """
    if not panels or not all(panels.values()):
        raise InputError("no gain to draw", expected="at least one metric and one amount of annotation")
    figure = new_figure(PAGE, 2.8 * len(panels))
    rows = figure.subplots(len(panels), 1, squeeze=False)[:, 0]
    for axes, (metric, panel) in zip(rows, panels.items(), strict=True):
        heads = list(dict.fromkeys(head for gains in panel.values() for head in gains))
        for head in sorted(heads, key=lambda head: head in bold):
            _draw_head(axes, panel, head, list(bold))
        axes.axhline(0, color="black", linewidth=0.8)
        axes.set_xticks(range(len(panel)), list(panel), fontsize=SMALL)
        axes.set_xlim(-0.5, len(panel) - 0.5)
        axes.set_ylabel(f"above {reference}", fontsize=SMALL)
        axes.set_title(metric, fontsize=MEDIUM)
        axes.tick_params(labelsize=SMALL)
    unique = {label: handle for axes in rows for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    rows[0].legend(list(unique.values()), list(unique), fontsize=SMALL, frameon=False, ncols=2)
    return figure


def _draw_head(axes: Axes, panel: Panel, head: str, bold: Sequence[str]) -> None:
    for series in _series(panel, head):
        places, means, widths = zip(*series, strict=True)
        if head in bold:
            number = bold.index(head)
            aside = ASIDE * (number - (len(bold) - 1) / 2)
            style: dict[str, Any] = {
                "color": COLOURS[number % len(COLOURS)],
                "marker": "o",
                "markersize": 3,
                "capsize": 2,
            }
            axes.errorbar([place + aside for place in places], means, widths, label=head, **style)
        else:
            axes.plot(places, means, ".-", color=GREY, lw=0.7, ms=2, zorder=1, label="all other heads")


def _series(panel: Panel, head: str) -> Iterator[list[tuple[int, float, float]]]:
    """Yield place, gain and half width for each line: amounts that differ only in their number."""
    found = [(k, amount, gains[head]) for k, (amount, gains) in enumerate(panel.items()) if head in gains]
    for _, run in groupby(found, key=lambda item: re.sub(r"[\d.]+", "", item[1])):
        yield [(k, gain.mean, gain.half_width if math.isfinite(gain.half_width) else math.nan) for k, _, gain in run]


def gains_table(panels: Mapping[str, Panel]) -> pl.DataFrame:
    """Return the numbers of the figure: metric, amount, head, gain, half_width (empty where it is infinite)."""
    rows = [
        {"metric": metric, "amount": amount, "head": head, "gain": gain.mean, "half_width": _finite(gain.half_width)}
        for metric, panel in panels.items()
        for amount, gains in panel.items()
        for head, gain in gains.items()
    ]
    return pl.DataFrame(rows)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
