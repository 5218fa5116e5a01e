"""Train the linear and the graph head on the bundled synthetic faces, and compare them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gcnlabel.cli.completing import settings
from gcnlabel.cli.json_results import json_option

EXAMPLES = """\b
Examples:
  gcnlabel demo
  gcnlabel demo --output somewhere --set training.epochs=3
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--output", default="runs/demo", show_default=True, type=click.Path(path_type=Path), help="Folder to write."
)
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=settings,
    help="Change a key of the preset synthetic-faces.",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing demo.")
@json_option
def demo(output: Path, changes: tuple[str, ...], overwrite: bool) -> Any:
    """Train the linear and the graph head on the bundled synthetic faces, and compare them."""
    from rich.table import Table

    from gcnlabel.cli.terminal import terminal
    from gcnlabel.decimals import decimal
    from gcnlabel.faces.demo import run_demo

    console = terminal()
    results = run_demo(output, changes=changes, overwrite=overwrite, say=lambda text: console.rule(text))
    table = Table("metric", *results, title="synthetic faces (drawn, not photographs), test split, one seed")
    for name in next(iter(results.values())):
        table.add_row(name, *(decimal(values[name], 3) for values in results.values()))
    console.print(table)
    for what in ("linear", "graph", "figures", "comparison.md"):
        console.print(f"{output / what}", highlight=False, soft_wrap=True)
    return results
