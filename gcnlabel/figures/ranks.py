"""Critical difference diagram of mean ranks over data sets (Demšar, JMLR 7, 2006, Fig. 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gcnlabel.errors import InputError
from gcnlabel.figures.style import PAGE, SMALL, new_figure, styled, width_or
from gcnlabel.figures.text import shortened


def cliques(ranks: Mapping[str, float], critical: float) -> Iterator[tuple[float, float]]:
    """Yield lowest and highest mean rank of each maximal group whose range is within the critical difference.

    Example:
        >>> list(cliques({"a": 1.0, "b": 1.5, "c": 3.0}, 1.0))
        [(1.0, 1.5)]
    """
    values, last = sorted(ranks.values()), 0.0
    for first in values:
        end = max(value for value in values if value - first <= critical)
        if end > first and end > last:
            yield first, end
        last = max(last, end)


@styled
def ranks_figure(ranks: Mapping[str, float], critical: float) -> Figure:
    """Return a critical difference diagram; thick bars join heads that do not differ significantly.

    Args:
        ranks: Head -> mean rank, 1 is best.
        critical: Critical difference of mean ranks.

    Raises:
        InputError: There are no heads.
    """
    if not ranks:
        raise InputError("no rank to draw", expected="at least one head")
    order = sorted(ranks, key=lambda head: ranks[head])
    bars = list(cliques(ranks, critical))
    width = width_or(PAGE)
    figure = new_figure(width, 0.9 + 0.17 * len(order) + 0.1 * len(bars))
    axes = figure.add_subplot()
    for row, head in enumerate(order):
        axes.plot([ranks[head]], [row], "o", color="black", markersize=3.5)
        axes.axhline(row, color="0.9", linewidth=0.5, zorder=0)
    for k, (first, end) in enumerate(bars):
        axes.plot([first - 0.04, end + 0.04], [len(order) + 0.6 * k] * 2, color="black", linewidth=2.5)
    names = [f"{shortened(head, SMALL, 24 * width)}  {ranks[head]:.2f}" for head in order]
    axes.set_yticks(range(len(order)), names)
    axes.set(ylim=(len(order) + 0.6 * len(bars), -0.7), xlim=(0.8, len(order) + 0.2))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.supxlabel(f"mean rank\n(bars: within the critical difference, {critical:.2f})")
    return figure


def ranks_table(ranks: Mapping[str, float], critical: float) -> pl.DataFrame:
    """Return the data of the figure: head, mean rank, critical difference."""
    return pl.DataFrame({"head": list(ranks), "mean rank": list(ranks.values()), "critical difference": critical})
