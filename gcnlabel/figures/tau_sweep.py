"""Number of edges against the threshold."""

from __future__ import annotations

import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.style import COLOURS, COLUMN, MEDIUM, SMALL, finite, new_figure


def tau_sweep_figure(taus: npt.ArrayLike, edges: npt.ArrayLike, isolated: npt.ArrayLike) -> Figure:
    """Return the directed edges and the labels without a neighbour against tau.

    Args:
        taus: Thresholds [K].
        edges: Number of directed edges at each [K].
        isolated: Number of labels without a neighbour at each [K].

    Raises:
        InputError: A number is NaN or infinite.
    """
    taus, edges, isolated = (finite(values, "the sweep of tau") for values in (taus, edges, isolated))
    figure = new_figure(COLUMN, COLUMN * 0.65)
    left = figure.add_subplot()
    right = left.twinx()
    for axes, values, name, colour, style in (
        (left, edges, "directed edges", COLOURS[0], "-"),
        (right, isolated, "labels without a neighbour", COLOURS[1], "--"),
    ):
        axes.plot(taus, values, style, color=colour, linewidth=1.4, drawstyle="steps-post")
        axes.set_ylabel(name, fontsize=MEDIUM, color=colour)
        axes.tick_params(labelsize=SMALL)
        axes.set_ylim(bottom=0)
    left.set_xlabel("threshold tau", fontsize=MEDIUM)
    return figure


def tau_sweep_table(taus: npt.ArrayLike, edges: npt.ArrayLike, isolated: npt.ArrayLike) -> pl.DataFrame:
    """Return tau, edges, isolated labels."""
    return pl.DataFrame({"tau": taus, "directed_edges": edges, "labels_without_neighbour": isolated})
