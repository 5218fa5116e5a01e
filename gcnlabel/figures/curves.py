"""Training curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import PAGE, colour, new_figure, styled, width_or

HEADLINES = ("accuracy", "macro_f1", "mean_ccc", "lrap", "mAP")
MAX_NAMED = 12
"""Lines that the legend names, and that are told apart by colour."""


class Curve(NamedTuple):
    """A line: ``of`` is the run, and the base model where a run has several; ``split`` and ``metric`` of its column."""

    of: str
    split: str
    metric: str
    epochs: list[int]
    values: list[float]


@FIGURES.register("curves")
def curves(runs: Runs) -> Drawings:
    """Draw the training of all runs."""
    tables, selected = runs.epochs, runs.selected
    return {"curves": lambda: (curves_figure(tables, selected), curves_table(tables))} if tables else {}


@styled
def curves_figure(tables: Mapping[str, pl.DataFrame], selected: Mapping[str, int] | None = None) -> Figure:
    """Return the loss, and the headline metrics of each task, against the epoch; a colour a run or base model.

    Solid lines are the split on which the checkpoint is selected, with a ring at the selected epoch; dotted lines are
    the training split. A base model's ring is at its own best value of what selects it.

    Args:
        tables: Name of a run -> its ``metrics.csv``: ``epoch``, ``<split>/<metric>``, or of several base models
            ``<split>/<metric> of <base model>``.
        selected: Name of a run -> its selected epoch.

    Raises:
        InputError: A table has no epoch or no metric to draw.
    """
    found = [curve for run, table in tables.items() for curve in _curves(run, table, len(tables) > 1)]
    names = sorted(dict.fromkeys(curve.metric for curve in found), key=lambda name: name != "loss")
    if not names:
        raise InputError("no loss or headline metric to draw", expected=f"a column of {', '.join(HEADLINES)}")
    width = width_or(PAGE)
    columns = min(len(names), 3 if width > 5 else 1)
    rows = -(-len(names) // columns)
    figure = new_figure(width, 0.5 + 1.9 * rows)
    panels = figure.subplots(rows, columns, squeeze=False)
    order = list(dict.fromkeys(curve.of for curve in found))
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(panels.flat, names, strict=False):
        for curve in found:
            if curve.metric == name:
                _draw(axes, curve, colour(order.index(curve.of)), (selected or {}).get(curve.of))
        axes.set(title=name, xlabel="epoch")
        axes.xaxis.get_major_locator().set_params(integer=True)
    handles = {line.get_label(): line for axes in panels.flat for line in axes.lines if line.get_label()[:1] != "_"}
    shown = list(handles)[:MAX_NAMED]
    figure.legend(
        [handles[label] for label in shown], shown, loc="outside lower center", ncols=max(1, int(width / 1.7))
    )
    return figure


def _draw(axes: Axes, curve: Curve, shade: str, selected: int | None) -> None:
    trained = curve.split == "train"
    marker = "o" if len(curve.epochs) == 1 else None
    label = f"{curve.of}, {curve.split}"
    axes.plot(curve.epochs, curve.values, ":" if trained else "-", color=shade, label=label, marker=marker)
    if selected is not None and not trained and selected in curve.epochs:
        value = curve.values[curve.epochs.index(selected)]
        axes.plot([selected], [value], "o", markersize=6, markerfacecolor="none", color=shade, label="_selected")


def curves_table(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return every metric of every epoch: run, epoch, metric, value."""
    parts = []
    for run, table in tables.items():
        long = table.unpivot(index="epoch", variable_name="metric", value_name="value")
        parts.append(long.select(pl.lit(run).alias("run"), "epoch", "metric", pl.col("value").cast(pl.Float64)))
    return pl.concat(parts)


def _curves(run: str, table: pl.DataFrame, several: bool) -> Iterator[Curve]:
    """Yield the lines of a run; base models are named by the run too where there are several runs."""
    if "epoch" not in table.columns or len(table) == 0:
        raise InputError(f"run {run!r} has no epoch to draw", expected="a metrics.csv with a row per epoch")
    for column in table.columns:
        split, _, rest = column.partition("/")
        metric, of, model = rest.partition(" of ")
        if metric in ("loss", "main") or metric.rpartition("/")[2] in HEADLINES:
            if metric == "main" and not of:
                continue  # the mean of what is drawn
            there = table.select("epoch", column).drop_nulls()
            name = (f"{run}: {model}" if several else model) if of else run
            yield Curve(name, split, metric, there["epoch"].to_list(), there[column].to_list())
