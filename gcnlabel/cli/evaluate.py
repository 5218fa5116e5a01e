"""``gcnlabel evaluate``."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  gcnlabel evaluate runs/a
  gcnlabel evaluate runs/a --split val
"""


@click.command(epilog=EXAMPLES)
@click.argument("run", type=click.Path())
@click.option("--split", type=click.Choice(["train", "val", "test"]), help="Part of the data instead of the config's.")
def evaluate(run: str, split: str | None) -> None:
    """Evaluate RUN with its selected checkpoint, over a whole split, and write evaluation.json."""
    from gcnlabel.cli.tables import show_evaluation
    from gcnlabel.run import RunFolder
    from gcnlabel.run import evaluate as evaluate_run

    show_evaluation(run, evaluate_run(RunFolder(run), split=split))
