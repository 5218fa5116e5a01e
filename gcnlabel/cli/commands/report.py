"""Write a report on one or several runs as one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gcnlabel.cli.json_results import json_option

EXAMPLES = """\b
Examples:
  gcnlabel report runs/graph --output report.html
  gcnlabel report runs/graph-1 runs/graph-2 runs/linear-1 runs/linear-2 --output report.html
"""


@click.command(epilog=EXAMPLES)
@click.argument("runs", nargs=-1, required=True, type=click.Path(), metavar="RUN...")
@click.option(
    "--output",
    default="report.html",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The .html file to write.",
)
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@json_option
def report(runs: tuple[str, ...], output: Path, trust: bool, overwrite: bool) -> Any:
    """Write one HTML file on all RUNs: data, graph, curves, labels, and comparison with intervals over seeds.

    It lists what cannot be read (moved data, damaged files, untrusted code) with the reason.
    """
    from gcnlabel.progress import progress_bar
    from gcnlabel.report.report import write_report
    from gcnlabel.run import RunFolder

    folders = [RunFolder(run, trust=trust) for run in runs]
    with progress_bar("report") as progress:
        path = write_report(folders, output, overwrite=overwrite, progress=progress)
    click.echo(path)
    return {"written": [path]}
