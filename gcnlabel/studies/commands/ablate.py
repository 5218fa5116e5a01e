"""Compare heads on label graphs with baselines and control graphs, on the data of a config."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path
from typing import Any

import click

from gcnlabel.cli.completing import presets_and_files, settings
from gcnlabel.cli.figure_options import figure_options
from gcnlabel.cli.json_results import json_option

RESUME_HINT = "run the same command again to continue with the remaining jobs"
EXAMPLES = """\b
Examples:
  gcnlabel ablate config.yaml --seeds 10 --output ablation
  gcnlabel ablate config.yaml --seeds 3 --share 1 --few affect:20 --output quick
  gcnlabel ablate config.yaml --head stacking --head "identity graph" --output two
  gcnlabel ablate films/config.yaml emotions.yaml --share 1 --few none --output sets
  gcnlabel ablate config.yaml --rate 0.001 --rate 0.01 --set training.epochs=40 --output longer
"""


@click.command(epilog=EXAMPLES)
@click.argument("configs", nargs=-1, required=True, metavar="CONFIG...", shell_complete=presets_and_files)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder of table, figure and JSON.")
@click.option("--seeds", default=10, show_default=True, type=click.IntRange(min=1), help="Number of paired seeds.")
@click.option(
    "--share",
    "shares",
    multiple=True,
    default=("0.01", "0.05", "0.2", "1"),
    show_default=True,
    metavar="SHARE",
    help="Share of the training samples; none to use only --few.",
)
@click.option(
    "--few",
    multiple=True,
    metavar="TASK:K",
    help="One task with K annotated samples; none to use only shares.  [default: dimensions, 10 and 50]",
)
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="NAME",
    help="Compare the head with this name in tables to linear and default.  [default: all]",
)
@click.option(
    "--rate",
    "rates",
    multiple=True,
    default=(0.001, 0.003, 0.01),
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="Learning rates to select from.",
)
@click.option(
    "--min-steps",
    "--steps",
    "min_steps",
    default=300,
    show_default=True,
    type=click.IntRange(min=0),
    help="Minimum number of batches of a training: with few samples, an epoch is several passes.",
)
@click.option(
    "--held-out",
    type=click.Choice(["all", "budget"]),
    default="all",
    show_default=True,
    help="Held-out labels: use all, or count them in the label budget.",
)
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", shell_complete=settings, help="Change a key of the config."
)
@figure_options
@click.option("--workers", type=click.IntRange(min=1), help="Training processes.  [default: one per processor]")
@click.option("--overwrite", is_flag=True, help="Replace existing results.")
@json_option
def ablate(
    configs: tuple[str, ...],
    output: Path,
    seeds: int,
    shares: tuple[str, ...],
    few: tuple[str, ...],
    heads: tuple[str, ...],
    rates: tuple[float, ...],
    min_steps: int,
    held_out: str,
    changes: tuple[str, ...],
    formats: tuple[str, ...],
    workers: int | None,
    overwrite: bool,
) -> Any:
    """Compare heads on label graphs with baselines, on the data of CONFIG, at several label budgets.

    Trains the default's base models, label-query attention and control graphs with the same config; stacking and
    ensembles are computed from their scores. The head of CONFIG is ignored. With several CONFIGs, each has its own
    folder, and a table ranks the heads over all of them. Another call resumes with the remaining jobs.
    """
    from gcnlabel.config import load_config
    from gcnlabel.progress import progress_bar
    from gcnlabel.studies.ablation import Budget, run_ablation

    tasks = [] if few == ("none",) else [_task_and_number(text) for text in few] or None
    amounts = [] if shares == ("none",) else [_share(text) for text in shares]
    options: dict[str, Any] = {"heads": heads or None, "formats": formats, "overwrite": overwrite, "workers": workers}
    options["held_out"] = held_out == "budget"
    found, tables = {}, {}
    for name, config in _named(configs).items():
        parsed, folder = load_config(config, changes), output / name if len(configs) > 1 else output
        budget = Budget(range(parsed.seed, parsed.seed + seeds), rates, min_steps)
        with progress_bar("jobs" if len(configs) == 1 else f"jobs of {name}") as progress:
            found[name] = run_ablation(parsed, folder, budget, amounts, tasks, progress=progress, **options)
        tables[name] = _shown(folder, formats)
    if len(found) > 1:
        _show_across(found, output, formats)
    return tables


def _shown(folder: Path, formats: tuple[str, ...]) -> Any:
    """Show the table in a folder, and return the content of its JSON file."""
    import json

    from gcnlabel.cli.terminal import show_markdown

    show_markdown((folder / "ablation.md").read_text(encoding="utf-8"))
    figures = "".join(f"gains.{kind}, " for kind in formats)
    click.echo(f"written: {folder}/ablation.md, ablation.json, {figures}gains.csv")
    return json.loads((folder / "ablation.json").read_text(encoding="utf-8"))


def _show_across(found: dict[str, Any], output: Path, formats: tuple[str, ...]) -> None:
    from gcnlabel.cli.terminal import show_markdown
    from gcnlabel.studies.ablation.across import compared, write_across

    show_markdown(write_across(compared(found), output, formats))
    click.echo(f"written: {output}/across.md, across.json, across.csv, ranks_*")


def _named(configs: tuple[str, ...]) -> dict[str, str]:
    """Return name -> config, by the file's name or the folder of ``config.yaml``; duplicates are numbered."""
    found: dict[str, str] = {}
    for config in configs:
        path = Path(config)
        name = path.resolve().parent.name if path.stem == "config" else path.stem
        names = chain([name], (f"{name} {number}" for number in count(2)))
        found[next(each for each in names if each not in found)] = config
    return found


def _share(text: str) -> float:
    from gcnlabel.errors import InputError

    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise InputError(f"--share {text}", expected="a number in (0, 1], or none")
    return share


def _task_and_number(text: str) -> tuple[str, int]:
    from gcnlabel.errors import InputError

    task, _, number = text.rpartition(":")
    if not task or not number.isdigit() or int(number) < 1:
        raise InputError(f"--few {text}", expected="TASK:K, e.g. affect:10")
    return task, int(number)
