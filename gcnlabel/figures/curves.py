"""Training curves."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.figures.figure import FIGURES, Drawings, Runs
from gcnlabel.figures.style import COLOURS, MEDIUM, PAGE, SMALL, new_figure

HEADLINES = ("accuracy", "mean_ccc", "lrap", "mAP")


@FIGURES.register("curves")
def curves(runs: Runs) -> Drawings:
    """Draw the training of all runs."""
    tables = runs.epochs
    return {"curves": lambda: (curves_figure(tables), curves_table(tables))} if tables else {}


def curves_figure(tables: Mapping[str, pl.DataFrame]) -> Figure:
    """Return the loss, and one headline metric of each task, against the epoch; one colour per run.

    Solid lines are the split on which the checkpoint is selected, dotted lines the training split.

    Args:
        tables: Name of a run -> its ``metrics.csv``: ``epoch``, ``train/...``, ``<split>/...``.

    Raises:
        InputError: A table has no epoch or no metric to draw.
    """
    names = _metrics(tables)
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    figure = new_figure(PAGE, 2.2 * rows)
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(panels.flat, names, strict=False):
        for k, (run, table) in enumerate(tables.items()):
            for column in table.columns:
                split, _, metric = column.partition("/")
                if metric == name:
                    style = ":" if split == "train" else "-"
                    label = f"{run}, {split}"
                    marker = "o" if len(table) == 1 else None
                    colour = COLOURS[k % len(COLOURS)]
                    axes.plot(
                        table["epoch"], table[column], style, color=colour, label=label, marker=marker, linewidth=1.2
                    )
        axes.set_xlabel("epoch", fontsize=SMALL)
        axes.set_title(name, fontsize=MEDIUM)
        axes.tick_params(labelsize=SMALL)
        axes.xaxis.get_major_locator().set_params(integer=True)
    panels.flat[0].legend(fontsize=SMALL, frameon=False)
    return figure


def curves_table(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return every metric of every epoch: run, epoch, metric, value."""
    parts = []
    for run, table in tables.items():
        long = table.unpivot(index="epoch", variable_name="metric", value_name="value")
        parts.append(long.select(pl.lit(run).alias("run"), "epoch", "metric", pl.col("value").cast(pl.Float64)))
    return pl.concat(parts)


def _metrics(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    names: list[str] = []
    for run, table in tables.items():
        if "epoch" not in table.columns or len(table) == 0:
            raise InputError(f"run {run!r} has no epoch to draw", expected="a metrics.csv with a row per epoch")
        found = (column.partition("/")[2] for column in table.columns)
        names += [name for name in found if name == "loss" or name.rpartition("/")[2] in HEADLINES]
    unique = list(dict.fromkeys(sorted(names, key=lambda name: name != "loss")))
    if not unique:
        raise InputError("no loss or headline metric to draw", expected=f"a column of {', '.join(HEADLINES)}")
    return unique
