"""Draw the figures of one or several runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gcnlabel.cli.figure_options import figure_options
from gcnlabel.cli.json_results import json_option

EXAMPLES = """\b
Examples:
  gcnlabel figures runs/graph --output figures
  gcnlabel figures runs/linear runs/graph --output figures --format pdf --format png
  gcnlabel figures graph.safetensors --output figures --width column --style ieee.mplstyle
  gcnlabel figures graph.safetensors --output figures --figure label_graph,layout=force,strongest=5
  gcnlabel figures graph.safetensors --output figures --figure adjacency,order=dendrogram
  gcnlabel figures runs/graph --output figures --figure label_graph --figure my_figures:radar
"""


@click.command(epilog=EXAMPLES)
@click.argument("runs", nargs=-1, required=True, type=click.Path(), metavar="RUN|GRAPH...")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the figures.")
@figure_options
@click.option(
    "--figure",
    "named",
    multiple=True,
    metavar="NAME[,OPTION=VALUE]",
    help="A figure, or your own as package.module:function, with options; repeatable.  [default: all]",
)
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace existing figures.")
@json_option
def figures(
    runs: tuple[str, ...],
    output: Path,
    formats: tuple[str, ...],
    named: tuple[str, ...],
    overwrite: bool,
    trust: bool,
) -> Any:
    """Draw the figures of one or several RUNs, each with its data as CSV.

    For a label graph without a run (GRAPH.safetensors): adjacency, label graph, and their statistic.
    """
    from gcnlabel.progress import progress_bar
    from gcnlabel.run import RunFolder
    from gcnlabel.run.drawing import FigureFolder, draw_figures

    graphs = [run for run in runs if run.endswith(".safetensors") or Path(run).is_file()]
    parts = [_with_options(text) for text in named]
    folders = [RunFolder(run, trust=trust) for run in runs if run not in graphs]
    target = FigureFolder(output, formats, overwrite)
    with progress_bar("figures") as progress:
        written = draw_figures(folders, target, parts or None, graphs=graphs, progress=progress)
    for path in written:
        click.echo(path)
    return {"written": written}


def _with_options(text: str) -> str | dict[str, str]:
    """Return a figure's name; or, for ``NAME,OPTION=VALUE``, a dict of its name and options."""
    name, *options = text.split(",")
    pairs = [option.partition("=") for option in options]
    return {"name": name, **{key.strip(): value for key, _, value in pairs}} if pairs else name
