"""Show the edges of a label graph, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gcnlabel.cli.figure_options import NAMES, figure_options
from gcnlabel.cli.idle_options import refuse_idle

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from gcnlabel.graph import LabelGraph

EXAMPLES = """\b
Examples:
  gcnlabel inspect-graph graph.safetensors
  gcnlabel inspect-graph graph.safetensors --tau-sweep --output figures
"""


@click.command(epilog=EXAMPLES)
@click.argument("graph", type=click.Path())
@click.option("--tau-sweep", is_flag=True, help="Print edges and isolated labels against tau, and plot them.")
@click.option("--output", default=".", show_default=True, type=click.Path(), help="Folder of the sweep's figure.")
@figure_options
@click.option("--overwrite", is_flag=True, help="Replace figures that are there.")
def inspect_graph(graph: str, tau_sweep: bool, output: str, formats: tuple[str, ...], overwrite: bool) -> None:
    """Show for each label of GRAPH its task, its neighbours and the share that stays with itself; then warnings."""
    from gcnlabel.cli.terminal import terminal
    from gcnlabel.graph import LabelGraph
    from gcnlabel.inspection import inspect_warnings

    if not tau_sweep:
        refuse_idle(("output", "overwrite", *NAMES), "without --tau-sweep")
    loaded = LabelGraph.load(graph)
    console = terminal()
    _show(loaded, graph, console)
    for text in inspect_warnings(loaded):
        console.print(f"warning: {text}", highlight=False, soft_wrap=True)
    if tau_sweep:
        _sweep(loaded, console, output, formats, overwrite)


def _show(graph: LabelGraph, title: str, console: Console) -> None:
    """Print a row per label; of signed weights, the number of negative ones and a sign before each name too."""
    from rich.table import Table
    from rich.text import Text

    from gcnlabel.inspection import inspect_labels, signs

    together, apart = signs(graph)
    counts = ["neighbours", "negative"] if apart else ["neighbours"]
    table = Table("label", "task", *counts, "self share", "in-neighbours", title=title, title_justify="left")
    for row in inspect_labels(graph):
        numbers = [str(row.neighbours), str(row.apart)][: len(counts)]
        heard = Text(", ").join(_neighbour(name, weight, signed=apart > 0) for name, weight in row.in_neighbours[:6])
        more = f" and {len(row.in_neighbours) - 6} more" if len(row.in_neighbours) > 6 else ""
        table.add_row(row.label, row.task, *numbers, f"{row.self_share:.0%}", heard + more)
    console.print(table)
    if apart:
        console.print(f"{together + apart} directed edges: {together} positive, {apart} negative", highlight=False)


def _neighbour(name: str, weight: float, *, signed: bool) -> Text:
    from rich.text import Text

    if not signed:
        return Text(f"{name} {weight:+.3f}")
    colour = "blue" if weight < 0 else "red"  # as in the figures
    return Text.assemble((f"{'-' if weight < 0 else '+'}{name}", colour), f" {abs(weight):.3f}")


def _sweep(graph: LabelGraph, console: Console, output: str, formats: tuple[str, ...], overwrite: bool) -> None:
    import numpy as np
    from rich.table import Table

    from gcnlabel.figures import save_figure, tau_sweep_figure, tau_sweep_table
    from gcnlabel.inspection import swept_statistic, tau_sweep

    taus = np.arange(0, 101) / 100
    edges, isolated = tau_sweep(swept_statistic(graph), taus)
    table = Table("tau", "directed edges", "labels without neighbour")
    for k in range(0, 101, 5):
        table.add_row(f"{taus[k]:.2f}", str(edges[k]), str(isolated[k]))
    console.print(table)
    figure = tau_sweep_figure(taus, edges, isolated)
    for path in save_figure(
        figure, Path(output) / "tau_sweep", formats, table=tau_sweep_table(taus, edges, isolated), overwrite=overwrite
    ):
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
