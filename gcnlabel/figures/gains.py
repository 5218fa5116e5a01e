"""Forest plot of the gains of heads over a reference head."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gcnlabel.errors import InputError
from gcnlabel.figures.style import PAGE, SMALL, colour, new_figure, styled, width_or
from gcnlabel.figures.text import shortened

ROW = 0.17
"""Height of a row, in inches."""


class Gain(NamedTuple):
    """Mean paired difference and half width of its 95% confidence interval (infinite for one pair)."""

    mean: float
    half_width: float


Panel = Mapping[str, Mapping[str, Gain]]


@styled
def gains_figure(panels: Mapping[str, Panel], bold: Sequence[str], reference: str = "linear") -> Figure:
    """Return a forest plot: gain and 95% confidence interval of each head, one panel per metric and label budget.

    Marks are filled if the interval excludes 0.

    Args:
        panels: Metric -> label budget, in order -> head -> gain.
        bold: Heads whose names are bold.
        reference: Head that the others are compared with, the line at 0.

    Raises:
        InputError: There are no gains.
    """
    if not panels or not all(panels.values()):
        raise InputError("no gain to draw", expected="at least one metric and one label budget")
    heads = list(dict.fromkeys(head for panel in panels.values() for gains in panel.values() for head in gains))
    budgets = list(dict.fromkeys(budget for panel in panels.values() for budget in panel))
    width = width_or(PAGE)
    across = len(budgets) if width > 1.5 * len(budgets) else 1
    down = len(panels) * len(budgets) // across
    figure = new_figure(width, 0.4 + down * (0.55 + ROW * len(heads)))
    grid = figure.subplots(down, across, squeeze=False, sharey=True, sharex="row" if across > 1 else False)
    each = [(metric, budget) for metric in panels for budget in budgets]
    for axes, (metric, budget) in zip(grid.flat, each, strict=True):
        _draw(axes, panels[metric].get(budget, {}), heads)
        axes.set_title(f"{metric}\n{budget}" if across > 1 else f"{metric}, {budget}", fontsize="small")
        axes.xaxis.set_major_locator(MaxNLocator(max(3, int(width / across))))
    for axes in grid[:, 0]:
        axes.set_yticks(range(len(heads)), [shortened(head, SMALL, 18 * width) for head in heads])
        for label, head in zip(axes.get_yticklabels(), heads, strict=True):
            label.set_fontweight("bold" if head in bold else "normal")
    figure.supxlabel(f"gain over {reference}, 95% interval (filled: excludes 0)")
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
    """Return the data of the figure: metric, amount, head, gain, half_width (null if infinite)."""
    rows = [
        {"metric": metric, "amount": amount, "head": head, "gain": gain.mean, "half_width": _finite(gain.half_width)}
        for metric, panel in panels.items()
        for amount, gains in panel.items()
        for head, gain in gains.items()
    ]
    return pl.DataFrame(rows)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
