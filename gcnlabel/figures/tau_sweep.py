"""Number of edges by threshold tau."""

from __future__ import annotations

import numpy.typing as npt
import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from gcnlabel.figures.style import COLUMN, colour, finite, new_figure, styled, width_or


@styled
def tau_sweep_figure(
    taus: npt.ArrayLike, edges: npt.ArrayLike, isolated: npt.ArrayLike, tau: float | None = None
) -> Figure:
    """Return two panels by tau: the number of directed edges, and of labels without a neighbour.

    Args:
        taus: Thresholds [K].
        edges: Number of directed edges [K]; its axis is symmetric-logarithmic, linear from 0 to 1.
        isolated: Number of labels without a neighbour [K].
        tau: The threshold in use, drawn as a dashed line; None for no line.

    Raises:
        InputError: A number is NaN or infinite.
    """
    taus, edges, isolated = (finite(values, "the sweep of tau") for values in (taus, edges, isolated))
    figure = new_figure(width_or(COLUMN), 2.6)
    panels = figure.subplots(2, 1, sharex=True)
    names = ("directed edges", "labels without\na neighbour")
    for k, (axes, values, name) in enumerate(zip(panels, (edges, isolated), names, strict=True)):
        axes.plot(taus, values, color=colour(k), drawstyle="steps-post")
        axes.set_ylabel(name)
        if tau is not None:
            axes.axvline(tau, color="black", linestyle="--", linewidth=0.8, label="_tau")
    panels[0].set_yscale("symlog", linthresh=1)
    panels[0].yaxis.set_major_formatter(ScalarFormatter())
    panels[0].set_ylim(bottom=0)
    panels[1].set_ylim(bottom=0)
    panels[1].set_xlabel("threshold tau" if tau is None else f"threshold tau (in use: {tau:g})")
    return figure


def tau_sweep_table(taus: npt.ArrayLike, edges: npt.ArrayLike, isolated: npt.ArrayLike) -> pl.DataFrame:
    """Return the data of the figure: tau, directed_edges, labels_without_neighbour."""
    return pl.DataFrame({"tau": taus, "directed_edges": edges, "labels_without_neighbour": isolated})
