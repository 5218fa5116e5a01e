"""Evaluate a run with its best checkpoint."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.json_results import json_option
from gcnlabel.cli.run_argument import run_argument
from gcnlabel.cli.test_time import FLIPS

EXAMPLES = """\b
Examples:
  gcnlabel evaluate runs/a
  gcnlabel evaluate runs/a --split val
  gcnlabel evaluate runs/a --flips              # the mean over each image and its mirror image
  gcnlabel evaluate runs/a --intervals          # 95% intervals by 1000 bootstrap resamples
  gcnlabel evaluate runs/a --intervals 5000
"""


@click.command(epilog=EXAMPLES)
@run_argument
@click.option("--split", type=click.Choice(["train", "val", "test"]), help="Split.  [default: the config's]")
@click.option("--device", default="auto", show_default=True, help="cpu, cuda, ...; auto: a GPU if available.")
@click.option(
    "--intervals",
    type=click.IntRange(min=1),
    is_flag=False,
    flag_value=1000,
    metavar="[N]",
    help="Bootstrap confidence intervals of all metrics, from N resamples.  [N: 1000]",
)
@click.option("--flips/--no-flips", default=None, help=FLIPS)
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@json_option
def evaluate(run: str, intervals: int | None, trust: bool, **how: Any) -> Any:
    """Evaluate RUN with its best checkpoint on a split, and write evaluation.json."""
    from gcnlabel.cli.tables import show_evaluation
    from gcnlabel.progress import progress_bar
    from gcnlabel.run import RunFolder
    from gcnlabel.run import evaluate as evaluate_run

    with progress_bar("evaluate") as progress:
        evaluation = evaluate_run(RunFolder(run, trust=trust), intervals=intervals or 0, progress=progress, **how)
    show_evaluation(run, evaluation)
    return evaluation
