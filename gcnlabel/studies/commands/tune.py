"""Tune a config: search values of its keys that are best on the validation split."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gcnlabel.cli.completing import presets_and_files, settings
from gcnlabel.cli.figure_options import figure_options
from gcnlabel.cli.json_results import json_option

RESUME_HINT = "run the same command again to continue with the remaining trials"
EXAMPLES = """\b
Examples:
  gcnlabel tune config.yaml --trials 50 --output tuned
  gcnlabel tune config.yaml --trials 50 --search search.yaml --output tuned
  gcnlabel train tuned/best.yaml --output runs/best
\b
search.yaml, for instance:
  optimizer.lr: {low: 0.0003, high: 0.03, log: true}
  graph.tau: {low: 0.05, high: 0.5}
  model.head: {choices: [linear, graph, {name: cosine, of: graph}]}
"""


@click.command(epilog=EXAMPLES)
@click.argument("config", shell_complete=presets_and_files)
@click.option("--trials", required=True, type=click.IntRange(min=1), help="Number of trials, including existing ones.")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of the results.")
@click.option(
    "--search", type=click.Path(path_type=Path), help="YAML file of the search space.  [default: head, rates, graph]"
)
@click.option(
    "--storage", type=click.Path(path_type=Path), help="SQLite file of the trials.  [default: study.db in OUTPUT]"
)
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", shell_complete=settings, help="Change a key of the config."
)
@figure_options
@json_option
def tune(
    config: str,
    trials: int,
    output: Path,
    search: Path | None,
    storage: Path | None,
    changes: tuple[str, ...],
    formats: tuple[str, ...],
) -> Any:
    """Search values of keys of CONFIG, and write best.yaml, trials.csv and a figure of the importance of each key.

    Each trial is a complete training, whose value is the config's select.metric on the validation split; the test split
    is not used. Another call continues up to --trials; parallel calls share the trials, and may each add one more.
    Needs Optuna (extra tune).
    """
    from gcnlabel.config import load_config
    from gcnlabel.progress import progress_bar
    from gcnlabel.studies.tuning import read_space
    from gcnlabel.studies.tuning import tune as run_tuning

    parsed = load_config(config, changes)
    space = None if search is None else read_space(search, parsed)
    with progress_bar("trials") as progress:
        found = run_tuning(parsed, output, trials, space=space, storage=storage, formats=formats, progress=progress)
    _show(found, output, formats)
    return found


def _show(found: Mapping[str, Any], output: Path, formats: tuple[str, ...]) -> None:
    from rich.table import Table

    from gcnlabel.cli.terminal import terminal
    from gcnlabel.decimals import decimal

    counts = ", ".join(f"{number} {what}" for what, number in found["trials"].items())
    table = Table("key", "best value", "importance", title=f"{output}: {counts}", title_justify="left")
    for key, value in found["changes"].items():
        share = found["importance"].get(key)
        table.add_row(key, value, "" if share is None else decimal(share, 3))
    console = terminal()
    console.print(table)
    console.print(f"trial {found['trial']}: val/{found['metric']} {found['value']:.6g}")
    figures = "".join(f", importance.{kind}" for kind in (*formats, "csv")) if found["importance"] else ""
    console.print(f"written: {output}/best.yaml, trials.csv{figures}", soft_wrap=True)
