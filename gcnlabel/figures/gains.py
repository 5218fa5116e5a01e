"""Gains of heads over a reference: a forest plot, row by row a head."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.figures.style import LARGE, PAGE, colour, new_figure, styled, width_or

ROW = 0.17
"""Height of a row, in inches."""


class Gain(NamedTuple):
    """A mean paired difference and half of its 95% interval, infinite where there is one pair."""

    mean: float
    half_width: float


Panel = Mapping[str, Mapping[str, Gain]]


@styled
def gains_figure(panels: Mapping[str, Panel], bold: Sequence[str], reference: str = "linear") -> Figure:
    """Return a row of panels a metric, a column a label budget: gain and 95% interval of each head.

    Filled marks have an interval without 0.

    Args:
        panels: Metric -> label budget, in order -> head -> gain.
        bold: Heads whose names are bold.
        reference: Head that the others are compared with, the line at 0.

    Raises:
        InputError: There is nothing to draw.
    """
    if not panels or not all(panels.values()):
        raise InputError("no gain to draw", expected="at least one metric and one label budget")
    heads = list(dict.fromkeys(head for panel in panels.values() for gains in panel.values() for head in gains))
    budgets = list(dict.fromkeys(budget for panel in panels.values() for budget in panel))
    figure = new_figure(width_or(PAGE), 0.4 + len(panels) * (0.7 + ROW * len(heads)))
    grid = figure.subplots(len(panels), len(budgets), squeeze=False, sharey=True, sharex="row")
    for (metric, panel), row in zip(panels.items(), grid, strict=True):
        for budget, axes in zip(budgets, row, strict=True):
            _draw(axes, panel.get(budget, {}), heads)
            axes.set_title(f"{metric}\n{budget.replace(', held-out', chr(10) + 'held-out')}", fontsize="small")
        row[0].set_yticks(range(len(heads)), heads)
        for label, head in zip(row[0].get_yticklabels(), heads, strict=True):
            label.set_fontweight("bold" if head in bold else "normal")
    figure.supxlabel(f"above {reference}, 95% interval over seeds", fontsize=LARGE)
    return figure


def _draw(axes: Axes, gains: Mapping[str, Gain], heads: Sequence[str]) -> None:
    axes.axvline(0, color="black", linewidth=0.8)
    for place, head in enumerate(heads):
        if head in gains:
            mean, half = gains[head]
            sure = math.isfinite(half) and abs(mean) > half
            shade = colour(0)
            interval = half if math.isfinite(half) else math.nan
            face = shade if sure else "white"
            axes.errorbar(
                [mean],
                [place],
                xerr=[interval],
                fmt="o",
                markersize=3.5,
                capsize=1.5,
                color=shade,
                mfc=face,
                label=head,
            )
    axes.set_ylim(len(heads) - 0.4, -0.6)
    axes.grid(axis="x")


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
