"""Training curves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from gcnlabel.errors import InputError
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.legend import add_legend, handles_of
from gcnlabel.figures.seeds import Group, group_names
from gcnlabel.figures.style import PAGE, colour, new_figure, styled, width_or

HEADLINES = ("accuracy", "macro_f1", "mean_ccc", "lrap", "mAP")


class Curve(NamedTuple):
    """A line: ``of`` is the run or base model, ``group`` the runs that differ from it only in the seed."""

    of: str
    group: str
    split: str
    metric: str
    points: dict[int, float]


@FIGURES.register("curves")
def curves(runs: Runs) -> Drawings:
    """Draw the training curves of all runs; runs that differ only in their seed as mean and range."""
    if not (tables := runs.epochs):
        return {}
    groups = runs.groups
    return {"curves": lambda: (curves_figure(tables, runs.selected, groups), curves_table(tables, groups))}


@styled
def curves_figure(
    tables: Mapping[str, pl.DataFrame], selected: Mapping[str, int] | None = None, groups: Sequence[Group] = ()
) -> Figure:
    """Return the loss and the main metrics of each task by epoch, with one colour per run or base model.

    Solid lines show the split on which the checkpoint is selected, with a ring at the selected epoch; dotted lines show
    the training split. Runs that differ only in their seed are drawn as mean and range (lowest to highest) over the
    epochs that all of them have, then as a thin line per longer run; each seed keeps its own ring.

    Args:
        tables: Name of a run -> its ``metrics.csv``: ``epoch``, ``<split>/<metric>``, or of several base models
            ``<split>/<metric> of <base model>``.
        selected: Name of a run -> its selected epoch.
        groups: Groups of runs that differ only in their seed; a run in none is its own group.

    Raises:
        InputError: A table has no epoch or no metric to draw.
    """
    of_run = group_names(tables, groups)
    found = [curve for run, table in tables.items() for curve in _curves(run, of_run[run], table, len(tables) > 1)]
    names = sorted(dict.fromkeys(curve.metric for curve in found), key=lambda name: name != "loss")
    if not names:
        raise InputError("no loss or headline metric to draw", expected=f"a column of {', '.join(HEADLINES)}")
    figure, panels = _panels(len(names), width_or(PAGE))
    order = list(dict.fromkeys(curve.group for curve in found))
    for axes, name in zip(panels, names, strict=True):
        for members in _together(curve for curve in found if curve.metric == name):
            _draw(axes, members, colour(order.index(members[0].group)), selected or {})
        axes.set_title(name)
    banded = len(set(of_run.values())) < len(of_run)
    add_legend(figure, handles_of(figure), title="line: mean, band: lowest to highest of the seeds" if banded else "")
    return figure


def _panels(count: int, width: float) -> tuple[Figure, list[Axes]]:
    """Return a figure and ``count`` axes; the lowest axes of each column have the label ``epoch``."""
    rows = -(-count // (3 if width > 5 else 1 + (count > 3)))
    columns = -(-count // rows)
    figure = new_figure(width, 0.5 + (1.9 if width > 5 else 1.5) * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for k, axes in enumerate(panels):
        axes.set_visible(k < count)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in panels[max(0, count - columns) : count]:
        axes.set_xlabel("epoch")
    return figure, panels[:count]


def _together(curves: Iterable[Curve]) -> Iterable[list[Curve]]:
    """Return the curves of each group and split."""
    found: dict[tuple[str, str], list[Curve]] = {}
    for curve in curves:
        found.setdefault((curve.group, curve.split), []).append(curve)
    return found.values()


def _draw(axes: Axes, members: Sequence[Curve], shade: str, selected: Mapping[str, int]) -> None:
    """Draw the curve of one run, or mean and range of several that differ only in their seed."""
    first = members[0]
    trained, seeds = first.split == "train", f" ({len(members)} seeds)" if len(members) > 1 else ""
    style, label = ":" if trained else "-", f"{first.group}, {first.split}{seeds}"
    epochs = sorted(set.intersection(*(set(curve.points) for curve in members)))
    values = np.array([[curve.points[epoch] for epoch in epochs] for curve in members])
    marker = "o" if len(epochs) == 1 else None
    axes.plot(epochs, values.mean(0), style, color=shade, label=label, marker=marker)
    if len(members) > 1:
        axes.fill_between(epochs, values.min(0), values.max(0), color=shade, alpha=0.2, linewidth=0)
        for curve in members:
            further = [epoch for epoch in curve.points if not epochs or epoch >= epochs[-1]]
            if len(further) > 1:
                points = [curve.points[epoch] for epoch in further]
                axes.plot(further, points, style, color=shade, linewidth=0.5, label="_further")
    for curve in members:
        epoch = selected.get(curve.of)
        if epoch in curve.points and not trained:
            size = 6 if len(members) == 1 else 4
            ring: dict[str, Any] = {"markersize": size, "markerfacecolor": "none", "color": shade, "label": "_selected"}
            axes.plot([epoch], [curve.points[epoch]], "o", **ring)


def curves_table(tables: Mapping[str, pl.DataFrame], groups: Sequence[Group] = ()) -> pl.DataFrame:
    """Return every metric of every epoch as a table: run, group, epoch, metric, value."""
    parts, of_run = [], group_names(tables, groups)
    for run, table in tables.items():
        long = table.unpivot(index="epoch", variable_name="metric", value_name="value")
        names = pl.lit(run).alias("run"), pl.lit(of_run[run]).alias("group")
        parts.append(long.select(*names, "epoch", "metric", pl.col("value").cast(pl.Float64)))
    return pl.concat(parts)


def _curves(run: str, group: str, table: pl.DataFrame, several: bool) -> Iterator[Curve]:
    """Yield the curves of a run; with several runs, the names of base models include the run."""
    if "epoch" not in table.columns or len(table) == 0:
        raise InputError(f"run {run!r} has no epoch to draw", expected="a metrics.csv with a row per epoch")
    for column in table.columns:
        split, _, rest = column.partition("/")
        metric, of, model = rest.partition(" of ")
        if metric in ("loss", "main") or metric.rpartition("/")[2] in HEADLINES:
            if metric == "main" and not of:
                continue  # the mean of drawn curves
            there = table.select("epoch", column).drop_nulls()
            name, of_group = ((f"{who}: {model}" if several else model) if of else who for who in (run, group))
            points = dict(zip(there["epoch"].to_list(), there[column].to_list(), strict=True))
            yield Curve(name, of_group, split, metric, points)
