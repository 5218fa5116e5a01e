"""Comparison of several runs by their headline metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.legend import add_legend
from gcnlabel.figures.seeds import Group, difference, lower_is_better
from gcnlabel.figures.style import COLUMN, PAGE, colour, new_figure, styled, width_or

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
MARKS = "osD^v<>P"


@FIGURES.register("comparison")
def comparison(runs: Runs) -> Drawings:
    """Draw the main metrics of several runs and, over seeds, their differences; the table has all metrics."""
    results = runs.results if len(runs.names) > 1 else {}
    if len(results) < 2:
        return {}
    groups = runs.groups
    return {"comparison": lambda: (comparison_figure(results, groups), comparison_table(results, groups))}


@styled
def comparison_figure(results: Results, groups: Sequence[Group] = ()) -> Figure:
    """Return a dot plot of the main metrics: one row per metric, one dot per run, an arrow in the better direction.

    The main metrics are those of whole tasks, or all metrics if there are none. Metrics with values outside [-1, 1]
    are only in the table. Runs that differ only in their seed have a mark at their mean and a small dot each; a second
    panel then shows the differences from the first group with 95% confidence intervals: Student's t for pairs of equal
    seeds, else Welch's.

    Args:
        results: Name of a run -> name of a metric -> value.
        groups: Groups of runs that differ only in their seed; a run in none is its own group.
    """
    found = _grouped(results, groups)
    names = _drawn_names(results)
    over_seeds = len(found) > 1 and len(found) < len(results)
    width = width_or(PAGE if over_seeds else COLUMN)
    beside = over_seeds and width > 5
    panels_high = 2 if over_seeds and not beside else 1
    rows = len(names) * (0.2 + 0.05 * max(len(found) - 2, 0))
    figure = new_figure(width, 0.3 + panels_high * (0.3 + rows))
    panels = figure.subplots(panels_high, 2 if beside else 1, squeeze=False, sharey=True).ravel().tolist()
    for k, group in enumerate(found):
        y = [i + 0.7 * ((k + 0.5) / len(found) - 0.5) for i in range(len(names))]
        _values(panels[0], k, group, [_of_seeds(results, group, name) for name in names], y)
        if over_seeds and k:
            first = [_of_seeds(results, found[0], name) for name in names]
            _changes(panels[1], k, group, zip(first, (_of_seeds(results, group, n) for n in names), strict=True), y)
    for axes in panels:
        _name_rows(axes, names)
    if over_seeds:
        panels[0].set_xlabel("value (small dots: seeds)")
        panels[1].set_xlabel(f"difference from {found[0].name}, 95% interval")
        panels[1].axvline(0, color="black", linewidth=0.8)
        panels[-1].tick_params(labelleft=not beside)
    handles = [line for line in panels[0].lines if str(line.get_label())[:1] != "_"]
    add_legend(figure, handles, above=True)
    return figure


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [f"{name} {'←' if lower_is_better(name) else '→'}" for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(5))


def _values(axes: Axes, k: int, group: Group, values: Sequence[Mapping[object, float]], y: Sequence[float]) -> None:
    seeds = f" ({len(group.runs)} seeds)" if len(group.runs) > 1 else ""
    means = [float(np.mean([*of.values()])) if of else np.nan for of in values]
    mark: dict[str, Any] = {"linestyle": "none", "markersize": 3.5, "color": colour(k)}
    axes.plot(means, y, MARKS[k % len(MARKS)], **mark, label=f"{group.name}{seeds}")
    if len(group.runs) > 1:
        points = [(value, place) for of, place in zip(values, y, strict=True) for value in of.values()]
        x, heights = zip(*points, strict=True) if points else ((), ())
        axes.plot(x, heights, ".", **{**mark, "markersize": 2.5}, alpha=0.5, label="_seeds")


def _changes(
    axes: Axes,
    k: int,
    group: Group,
    pairs: Iterable[tuple[Mapping[object, float], Mapping[object, float]]],
    y: Sequence[float],
) -> None:
    """Draw the defined differences of a group from the first group, with their confidence intervals."""
    for (first, own), place in zip(pairs, y, strict=True):
        if first and own:
            mean, ends = difference(first, own)
            across = [[mean - ends[0]], [ends[1] - mean]] if ends else None
            style: dict[str, Any] = {
                "fmt": MARKS[k % len(MARKS)],
                "markersize": 3.5,
                "capsize": 1.5,
                "color": colour(k),
            }
            axes.errorbar([mean], [place], xerr=across, label=group.name, **style)


def _drawn_names(results: Results) -> list[str]:
    every = [name for name in _names(results) if all(-1 <= values.get(name, 0) <= 1 for values in results.values())]
    return [name for name in every if name.rpartition("/")[2] in HEADLINES and name.count("/") <= 1] or every


def _grouped(results: Results, groups: Sequence[Group]) -> list[Group]:
    """Return the groups of the runs with results, in the order of the runs."""
    there = []
    for group in groups:
        kept = [(run, seed) for run, seed in zip(group.runs, group.seeds, strict=True) if run in results]
        if len(kept) > 1:
            there.append(Group(group.name, *zip(*kept, strict=True)))
    of_run = {run: group for group in there for run in group.runs}
    return list(dict.fromkeys(of_run.get(run, Group(run, (run,), (0,))) for run in results))


def _of_seeds(results: Results, group: Group, metric: str) -> dict[object, float]:
    """Return seed -> value for the runs of a group that have the metric."""
    pairs = zip(group.runs, group.seeds, strict=True)
    return {seed: results[run][metric] for run, seed in pairs if metric in results[run]}


def comparison_table(results: Results, groups: Sequence[Group] = ()) -> pl.DataFrame:
    """Return one row per metric, one column per run; over seeds, also means, differences and their intervals."""
    names, found = _names(results), _grouped(results, groups)
    columns: dict[str, list[float | None]] = {run: [v.get(name) for name in names] for run, v in results.items()}
    if len(found) < len(results):
        for group in found:
            of = [list(_of_seeds(results, group, name).values()) for name in names]
            columns[f"{group.name}: mean"] = [float(np.mean(values)) if values else None for values in of]
        for group in found[1:]:
            title = f"{group.name} - {found[0].name}"
            pairs = [(_of_seeds(results, found[0], name), _of_seeds(results, group, name)) for name in names]
            changes = [difference(first, own) if first and own else (None, None) for first, own in pairs]
            columns[title] = [mean for mean, _ in changes]
            for k, end in enumerate(("low", "high")):
                columns[f"{title}: {end}"] = [ends[k] if ends else None for _, ends in changes]
    return pl.DataFrame({"metric": names, **columns}, strict=False)


def _names(results: Results) -> list[str]:
    return list(dict.fromkeys(name for values in results.values() for name in values))
