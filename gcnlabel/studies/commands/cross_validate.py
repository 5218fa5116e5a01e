"""Cross-validate a config: train it once for each fold of its samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gcnlabel.cli.completing import presets_and_files, settings
from gcnlabel.cli.json_results import json_option

RESUME_HINT = "run the same command again to continue with the remaining folds"
EXAMPLES = """\b
Examples:
  gcnlabel cross-validate config.yaml --output folds
  gcnlabel cross-validate config.yaml --folds 10 --groups person --output persons
  gcnlabel cross-validate config.yaml --set model.head=linear --seed 1 --output linear
"""


@click.command("cross-validate", epilog=EXAMPLES)
@click.argument("config", shell_complete=presets_and_files)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of tables and JSON.")
@click.option("--folds", default=5, show_default=True, type=click.IntRange(min=2), help="Number of folds.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of folds and weights instead of the config's.")
@click.option("--groups", metavar="COLUMN", help="Column of groups (a person, a video) that stay together.")
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", shell_complete=settings, help="Change a key of the config."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Training processes.")
@click.option("--overwrite", is_flag=True, help="Replace existing results.")
@json_option
def cross_validate(
    config: str,
    output: Path,
    folds: int,
    seed: int | None,
    groups: str | None,
    changes: tuple[str, ...],
    workers: int,
    overwrite: bool,
) -> Any:
    """Train CONFIG once for each fold of its samples, and print mean, deviation and 95% interval over the folds.

    The folds contain the training and validation split, and the test split is not used; with random splits by fractions
    (data.splits), they contain all samples. Folds are stratified by labels. A share of the samples outside a fold is
    held out to select the epoch. Another call resumes with the remaining folds.
    """
    from gcnlabel.cli.terminal import show_markdown
    from gcnlabel.config import load_config
    from gcnlabel.progress import progress_bar
    from gcnlabel.studies.cross_validation import run_cross_validation

    parsed = load_config(config, (*changes, *(() if seed is None else (f"seed={seed}",))))
    with progress_bar("folds") as progress:
        options: dict[str, Any] = {"folds": folds, "groups": groups, "workers": workers, "overwrite": overwrite}
        found = run_cross_validation(parsed, output, progress=progress, **options)
    show_markdown((output / "cross_validation.md").read_text(encoding="utf-8"))
    click.echo(f"written: {output}/cross_validation.md, cross_validation.csv, cross_validation.json")
    return found
