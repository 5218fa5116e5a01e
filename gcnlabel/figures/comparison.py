"""Comparison of several runs by their metrics."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import COLOURS, COLUMN, SMALL, new_figure

Results = Mapping[str, Mapping[str, float]]


@FIGURES.register("comparison")
def comparison(runs: Runs) -> Drawings:
    """Draw the metrics of several runs beside each other."""
    results = runs.results if len(runs.names) > 1 else {}
    return {"comparison": lambda: (comparison_figure(results), comparison_table(results))} if len(results) > 1 else {}


def comparison_figure(results: Results) -> Figure:
    """Return a dot for each run and metric, one row per metric; metrics outside [-1, 1] are only in the table.

    Args:
        results: Name of a run -> name of a metric -> value.
    """
    names = [name for name in _names(results) if all(-1 <= values.get(name, 0) <= 1 for values in results.values())]
    figure = new_figure(COLUMN * 1.4, 0.6 + 0.19 * len(names))
    axes = figure.add_subplot()
    for k, (run, values) in enumerate(results.items()):
        x = [values.get(name, float("nan")) for name in names]
        y = [i + 0.16 * (k - (len(results) - 1) / 2) for i in range(len(names))]
        axes.plot(x, y, "osD^v<>P"[k % 8], markersize=4, color=COLOURS[k % len(COLOURS)], label=run)
    axes.set_yticks(range(len(names)), names, fontsize=SMALL)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", linewidth=0.4)
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.legend(fontsize=SMALL, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(results))
    return figure


def comparison_table(results: Results) -> pl.DataFrame:
    """Return one row per metric, one column per run."""
    names = _names(results)
    return pl.DataFrame({"metric": names, **{run: [v.get(name) for name in names] for run, v in results.items()}})


def _names(results: Results) -> list[str]:
    return list(dict.fromkeys(name for values in results.values() for name in values))
