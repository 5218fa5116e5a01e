"""Bar chart of the importance of config keys."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.style import COLUMN, colour, finite, new_figure, styled, width_or
from gcnlabel.figures.text import shortened

ROW = 0.22
"""Height of a bar, in inches."""


@styled
def importance_figure(importance: Mapping[str, float], metric: str) -> Figure:
    """Return a bar chart with one bar per key, in descending order.

    Args:
        importance: Config key -> importance; they sum to 1.
        metric: The metric that the importance refers to.

    Raises:
        InputError: A number is NaN or infinite.
    """
    table = importance_table(importance)
    values = finite(table["importance"].to_list(), "importance")
    width = width_or(COLUMN)
    figure = new_figure(width, 0.7 + ROW * len(values))
    axes = figure.add_subplot()
    axes.barh(range(len(values)), values, 0.7, color=colour(0))
    axes.set_yticks(range(len(values)), [shortened(key, 7, 28 * width) for key in table["key"]])
    axes.set(ylim=(len(values) - 0.4, -0.6), xlim=(0, 1))
    axes.set_xlabel(f"importance for {shortened(metric, 7, 30 * width)}")
    return figure


def importance_table(importance: Mapping[str, float]) -> pl.DataFrame:
    """Return key and importance, in descending order of importance.

    Example:
        >>> importance_table({"graph.tau": 0.2, "optimizer.lr": 0.8})["key"].to_list()
        ['optimizer.lr', 'graph.tau']
    """
    rows = {"key": list(importance), "importance": [float(value) for value in importance.values()]}
    return pl.DataFrame(rows).sort("importance", descending=True, maintain_order=True)
