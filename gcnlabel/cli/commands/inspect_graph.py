"""Show the edges of a label graph, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.figure_options import NAMES, figure_options
from gcnlabel.cli.idle_options import refuse_idle
from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from gcnlabel.graph import LabelGraph
    from gcnlabel.inspection import LabelRow

EXAMPLES = """\b
Examples:
  gcnlabel inspect-graph graph.safetensors
  gcnlabel inspect-graph graph.safetensors --tau-sweep --output figures
"""


MAX_ROWS, MAX_EDGES = 40, 10
"""Labels and strongest edges that are shown."""


@click.command(epilog=EXAMPLES)
@click.argument("graph", type=click.Path())
@click.option("--all", "everything", is_flag=True, help=f"Show every label; else the first {MAX_ROWS}.")
@click.option("--tau-sweep", is_flag=True, help="Print edges and isolated labels against tau, and plot them.")
@click.option("--output", default=".", show_default=True, type=click.Path(), help="Folder of the sweep's figure.")
@figure_options
@click.option("--overwrite", is_flag=True, help="Replace figures that are there.")
@json_option
def inspect_graph(
    graph: str, everything: bool, tau_sweep: bool, output: str, formats: tuple[str, ...], overwrite: bool
) -> Any:
    """Show warnings about GRAPH, its strongest edges, and for each label its neighbours and its own share."""
    from gcnlabel.cli.terminal import terminal
    from gcnlabel.graph import LabelGraph
    from gcnlabel.inspection import inspect_labels, inspect_warnings, signs, strongest_edges

    if not tau_sweep:
        refuse_idle(("output", "overwrite", *NAMES), "without --tau-sweep")
    loaded = LabelGraph.load(graph)
    console = terminal()
    warnings, strongest, rows = inspect_warnings(loaded), strongest_edges(loaded, MAX_EDGES), inspect_labels(loaded)
    together, apart = signs(loaded)
    for text in warnings:
        console.print(f"warning: {text}", highlight=False, soft_wrap=True)
    counts = f": {together} positive, {apart} negative" if apart else ""
    console.print(f"{len(rows)} labels, {together + apart} directed edges between them{counts}", highlight=False)
    _show_strongest(strongest, console)
    _show(rows if everything else rows[:MAX_ROWS], graph, console, signed=apart > 0)
    if len(rows) > MAX_ROWS and not everything:
        console.print(f"and {len(rows) - MAX_ROWS} more labels: --all shows them", highlight=False)
    found = {"warnings": warnings, "positive": together, "negative": apart, "strongest": strongest, "labels": rows}
    return found | (_sweep(loaded, console, output, formats, overwrite) if tau_sweep else {})


def _show_strongest(edges: Sequence[tuple[str, str, float]], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    if edges:
        table = Table("source", "receiving", "weight", title="strongest edges", title_justify="left")
        table.columns[2].justify = "right"
        for source, target, weight in edges:
            table.add_row(source, target, Text(f"{weight:+.3f}", "blue" if weight < 0 else "red"))
        console.print(table)


def _show(rows: Sequence[LabelRow], title: str, console: Console, *, signed: bool) -> None:
    """Print a row per label; of signed weights, the number of negative ones and a sign before each name too."""
    from rich.table import Table
    from rich.text import Text

    counts = ["neighbours", "negative"] if signed else ["neighbours"]
    table = Table("label", "task", *counts, "self share", "in-neighbours", title=title, title_justify="left")
    for row in rows:
        numbers = [str(row.neighbours), str(row.apart)][: len(counts)]
        named = Text(", ").join(_neighbour(name, weight, signed=signed) for name, weight in row.in_neighbours[:6])
        more = f" and {len(row.in_neighbours) - 6} more" if len(row.in_neighbours) > 6 else ""
        table.add_row(row.label, row.task, *numbers, f"{row.self_share:.0%}", named + more)
    console.print(table)


def _neighbour(name: str, weight: float, *, signed: bool) -> Text:
    from rich.text import Text

    if not signed:
        return Text(f"{name} {weight:+.3f}")
    colour = "blue" if weight < 0 else "red"  # as in the figures
    return Text.assemble((f"{'-' if weight < 0 else '+'}{name}", colour), f" {abs(weight):.3f}")


def _sweep(
    graph: LabelGraph, console: Console, output: str, formats: tuple[str, ...], overwrite: bool
) -> dict[str, Any]:
    import numpy as np
    from rich.table import Table

    from gcnlabel.figures import save_figure, tau_sweep_figure, tau_sweep_table
    from gcnlabel.inspection import swept_statistic, tau_sweep, threshold_of

    taus = np.arange(0, 101) / 100
    edges, isolated = tau_sweep(swept_statistic(graph), taus)
    table = Table("tau", "directed edges", "labels without neighbour")
    for k in range(0, 101, 5):
        table.add_row(f"{taus[k]:.2f}", str(edges[k]), str(isolated[k]))
    console.print(table)
    figure = tau_sweep_figure(taus, edges, isolated, threshold_of(graph))
    numbers = tau_sweep_table(taus, edges, isolated)
    written = save_figure(figure, Path(output) / "tau_sweep", formats, table=numbers, overwrite=overwrite)
    for path in written:
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    return {"written": written, "tau": taus, "edges": edges, "isolated": isolated}
