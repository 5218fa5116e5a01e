"""Show the edges of a label graph, and warnings about it."""

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


MAX_ROWS, MAX_EDGES, MAX_LINES = 40, 10, 2
"""Largest numbers of shown labels, strongest edges, and lines per label."""


@click.command(epilog=EXAMPLES)
@click.argument("graph", type=click.Path())
@click.option("--all", "everything", is_flag=True, help=f"Show all labels.  [default: the first {MAX_ROWS}]")
@click.option("--tau-sweep", is_flag=True, help="Print and plot the number of edges and isolated labels by tau.")
@click.option("--output", default=".", show_default=True, type=click.Path(), help="Folder of the sweep's figure.")
@figure_options
@click.option("--overwrite", is_flag=True, help="Replace existing figures.")
@json_option
def inspect_graph(
    graph: str, everything: bool, tau_sweep: bool, output: str, formats: tuple[str, ...], overwrite: bool
) -> Any:
    """Show warnings about GRAPH, its strongest edges, and the in-neighbours and self-loop weight of each label."""
    from gcnlabel.cli.terminal import terminal
    from gcnlabel.graph import LabelGraph
    from gcnlabel.inspection import inspect_labels, inspect_warnings, signs, strongest_edges

    if not tau_sweep:
        refuse_idle(("output", "overwrite", *NAMES), "without --tau-sweep")
    loaded = LabelGraph.load(graph)
    console = terminal()
    warnings, strongest, rows = inspect_warnings(loaded), strongest_edges(loaded, MAX_EDGES), inspect_labels(loaded)
    positive, negative = signs(loaded)
    for text in warnings:
        console.print(f"warning: {text}", highlight=False, soft_wrap=True)
    counts = f": {positive} positive, {negative} negative" if negative else ""
    console.print(f"{len(rows)} labels, {positive + negative} directed edges between them{counts}", highlight=False)
    _show_strongest(strongest, console)
    _show(rows if everything else rows[:MAX_ROWS], graph, console, signed=negative > 0)
    if len(rows) > MAX_ROWS and not everything:
        console.print(f"and {len(rows) - MAX_ROWS} more labels: --all shows them", highlight=False)
    found = {"warnings": warnings, "positive": positive, "negative": negative, "strongest": strongest, "labels": rows}
    return found | (_sweep(loaded, console, output, formats, overwrite) if tau_sweep else {})


def _show_strongest(edges: Sequence[tuple[str, str, float]], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from gcnlabel.decimals import decimal

    if edges:
        table = Table("source", "receiving", "weight", title="strongest edges", title_justify="left")
        table.columns[2].justify = "right"
        for source, target, weight in edges:
            table.add_row(source, target, Text(decimal(weight, 3, "+"), "blue" if weight < 0 else "red"))
        console.print(table)


def _show(rows: Sequence[LabelRow], title: str, console: Console, *, signed: bool) -> None:
    """Print one row per label; for signed weights, with the number of negative ones and a sign before each name.

    The column of in-neighbours takes the remaining width, with at most two lines.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    several = len({row.task for row in rows}) > 1
    heads = ["label", *(["task"] if several else []), "in", *(["neg."] if signed else []), "self"]
    cells = []
    for row in rows:
        counts = [str(row.neighbours), *([str(row.negative)] if signed else []), f"{row.self_share:.0%}"]
        cells.append([row.label, *([row.task] if several else []), *counts])
    names = 2 if several else 1
    most = max(12, (console.width - 2 * len(heads)) // (3 * names))
    widths = [max(Text(cell).cell_len for cell in column) for column in zip(heads, *cells, strict=True)]
    widths = [min(width, most) if k < names else width for k, width in enumerate(widths)]
    room = max(20, console.width - sum(widths) - 3 * len(widths) - 3)
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", padding=(0, 1), pad_edge=False)
    for k, (head, width) in enumerate(zip(heads, widths, strict=True)):
        table.add_column(head, width=width, justify="left" if k < names else "right", overflow="fold")
    table.add_column("in-neighbours, strongest first", max_width=room, overflow="fold")
    for row, texts in zip(rows, cells, strict=True):
        table.add_row(*map(Text, texts), _neighbours(row.in_neighbours, room, signed=signed))
    console.print(table)
    negative = "; neg.: negative ones" if signed else ""
    console.print(f"in: in-neighbours{negative}; self: share of the self-loop in its row", highlight=False)


def _neighbours(edges: Sequence[tuple[str, float]], room: int, *, signed: bool) -> Text:
    """Return names and weights wrapped to ``room`` characters, with a count of those that do not fit two lines."""
    from rich.text import Text

    parts = [_neighbour(_fitting(name, room - 7), weight, signed=signed) for name, weight in edges]
    for shown in range(len(parts), 0, -1):
        rest = [Text(f"and {len(parts) - shown} more")] if shown < len(parts) else []
        kept = [part + Text("," if k < shown - 1 else "") for k, part in enumerate(parts[:shown])] + rest
        lines = [kept[0]]
        for part in kept[1:]:
            if lines[-1].cell_len + 1 + part.cell_len <= room:
                lines[-1] = lines[-1] + Text(" ") + part
            else:
                lines.append(part)
        if len(lines) <= MAX_LINES or shown == 1:
            return Text("\n").join(lines)
    return Text("")


def _fitting(name: str, width: int) -> str:
    """Return a name, shortened in the middle to at most ``width`` characters."""
    left = (width - 3) // 2
    return name if len(name) <= width else f"{name[: width - 3 - left]}...{name[len(name) - left :]}"


def _neighbour(name: str, weight: float, *, signed: bool) -> Text:
    from rich.text import Text

    from gcnlabel.decimals import short_decimal

    if not signed:
        return Text(f"{name} {short_decimal(weight, 3)}")
    colour = "blue" if weight < 0 else "red"  # as in the figures
    return Text.assemble((f"{'-' if weight < 0 else '+'}{name}", colour), f" {short_decimal(abs(weight), 3)}")


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
