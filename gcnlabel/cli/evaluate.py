"""``gcnlabel evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gcnlabel.config import Config

EXAMPLES = """\b
Examples:
  gcnlabel evaluate runs/a
  gcnlabel evaluate runs/a --split val
  gcnlabel evaluate config.yaml --unseen joy --seeds 5
  gcnlabel evaluate config.yaml --unseen all --seeds 10 --set model.head.name=graph-cosine --output unseen.json
  gcnlabel evaluate config.yaml --unseen all --edges-from elsewhere.csv
  gcnlabel evaluate config.yaml --unseen all --edges-from names
  gcnlabel evaluate config.yaml --unseen all --positives 5
"""


@click.command(epilog=EXAMPLES)
@click.argument("run", metavar="RUN_OR_CONFIG", type=click.Path())
@click.option("--split", type=click.Choice(["train", "val", "test"]), help="Part of the data instead of the config's.")
@click.option("--device", help="cpu, cuda, ...  [default: auto, a GPU where there is one]")
@click.option(
    "--unseen",
    multiple=True,
    metavar="LABEL",
    help="Leave this tag out of training and score it nevertheless; may be given again, each in turn; all: each.",
)
@click.option("--edges-from", metavar="val|names|FILE", help="What gives the unseen label its edges.  [default: val]")
@click.option("--positives", type=click.IntRange(min=1), help="Annotate the label on so many samples with and without.")
@click.option("--seeds", type=click.IntRange(min=1), help="Number of seeds.  [default: 1]")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a key of the config.")
@click.option("--output", type=click.Path(), help="JSON file of the unseen labels' areas.")
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def evaluate(
    run: str,
    split: str | None,
    device: str | None,
    unseen: tuple[str, ...],
    output: str | None,
    overwrite: bool,
    trust: bool,
    **how: Any,
) -> None:
    """Evaluate RUN with its selected checkpoint, over a whole split, and write evaluation.json.

    With --unseen: train the model of a run or config without a tag, extend it by the tag, and print the area under
    its ROC curve on the test part beside simpler ways to score it. What the tag's edges are measured on (the val part,
    unless --edges-from says another) gives edges and nothing else. --edges-from names takes cosines of the embeddings;
    a warning says where those do not go with the statistics of the seen labels.
    """
    from gcnlabel.errors import InputError

    of_run = [name for name, value in {"--split": split, "--device": device}.items() if value is not None]
    if unseen:
        if of_run:
            raise InputError(
                f"{of_run[0]} and --unseen", expected="one: unseen labels are measured on test, on the CPU"
            )
        _evaluate_unseen(run, unseen, output, overwrite, how | {"trust": trust})
        return
    of_unseen = [f"--{name.replace('_', '-')}" for name, value in {**how, "output": output}.items() if value]
    if of_unseen:
        raise InputError(of_unseen[0].replace("changes", "set"), expected="--unseen LABEL with it")
    from gcnlabel.cli.tables import show_evaluation
    from gcnlabel.run import RunFolder
    from gcnlabel.run import evaluate as evaluate_run

    show_evaluation(run, evaluate_run(RunFolder(run, trust=trust), split=split, device=device or "auto"))


def _evaluate_unseen(
    run: str, label: tuple[str, ...], output: str | None, overwrite: bool, how: dict[str, Any]
) -> None:
    import json

    from gcnlabel.cli.progress_bar import progress_bar
    from gcnlabel.cli.zero_shot_table import show_unseen
    from gcnlabel.files import atomic_write, refuse_existing
    from gcnlabel.studies.zero_shot import evaluate_unseen

    if output is not None:
        refuse_existing(output, overwrite)
    config, seeds = _config(run, how["changes"], how["trust"]), how["seeds"] or 1
    options = {"edges_from": how["edges_from"] or "val", "positives": how["positives"]}
    with progress_bar("seeds") as progress:
        results = evaluate_unseen(config, label, seeds=seeds, progress=progress, **options)
    show_unseen(run, results)
    if output is not None:
        with atomic_write(output, overwrite=overwrite) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _config(run: str, changes: tuple[str, ...], trust: bool) -> Config:
    """Return the config of a run folder, or of a file or preset."""
    from gcnlabel.config import load_config
    from gcnlabel.run import RunFolder

    if not Path(run).is_dir():
        return load_config(run, changes)
    folder = RunFolder(run, trust=trust)
    folder.load_config()  # says what code it names
    return load_config(folder.config, changes)
