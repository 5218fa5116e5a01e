"""Comparison of several runs by their headline metrics."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from matplotlib.figure import Figure

from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import COLUMN, colour, new_figure, styled, width_or

Results = Mapping[str, Mapping[str, float]]
HEADLINES = (
    "accuracy",
    "macro_f1",
    "micro_f1",
    "lrap",
    "mAP",
    "mean_ccc",
    "mean_pearson",
    "ranking_loss",
    "mean_nrmse",
)
LOWER_IS_BETTER = ("loss", "rmse", "error", "coverage")


@FIGURES.register("comparison")
def comparison(runs: Runs) -> Drawings:
    """Draw the headline metrics of several runs beside each other; all metrics are in the table."""
    results = runs.results if len(runs.names) > 1 else {}
    return {"comparison": lambda: (comparison_figure(results), comparison_table(results))} if len(results) > 1 else {}


@styled
def comparison_figure(results: Results) -> Figure:
    """Return a dot for each run and headline metric, one row a metric, with an arrow to where the better ones are.

    Headline metrics are those of whole tasks; where results have none, all are. What lies outside [-1, 1] is in the
    table alone.

    Args:
        results: Name of a run -> name of a metric -> value.
    """
    every = [name for name in _names(results) if all(-1 <= values.get(name, 0) <= 1 for values in results.values())]
    names = [name for name in every if name.rpartition("/")[2] in HEADLINES and name.count("/") <= 1] or every
    width = width_or(COLUMN)
    per_row = max(1, int(width / 1.1))
    figure = new_figure(width, 0.5 + 0.2 * len(names) + 0.16 * -(-len(results) // per_row))
    axes = figure.add_subplot()
    for k, (run, values) in enumerate(results.items()):
        x = [values.get(name, float("nan")) for name in names]
        y = [i + 0.5 * ((k + 0.5) / len(results) - 0.5) for i in range(len(names))]
        axes.plot(x, y, "osD^v<>P"[k % 8], linestyle="none", markersize=3.5, color=colour(k), label=run)
    axes.set_yticks(range(len(names)), [f"{name} {'←' if is_lower_better(name) else '→'}" for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x")
    figure.legend(loc="outside upper center", ncols=per_row)
    return figure


def is_lower_better(metric: str) -> bool:
    """Return whether less of a metric is better.

    Example:
        >>> is_lower_better("tags/ranking_loss"), is_lower_better("tags/lrap")
        (True, False)
    """
    return any(part in metric.rpartition("/")[2] for part in LOWER_IS_BETTER)


def comparison_table(results: Results) -> pl.DataFrame:
    """Return one row per metric, one column per run."""
    names = _names(results)
    return pl.DataFrame({"metric": names, **{run: [v.get(name) for name in names] for run, v in results.items()}})


def _names(results: Results) -> list[str]:
    return list(dict.fromkeys(name for values in results.values() for name in values))
