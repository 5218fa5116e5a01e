"""Evaluate zero-shot scores of a label that was left out of training."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.completing import settings
from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from gcnlabel.config import Config

EXAMPLES = """\b
Examples:
  gcnlabel zero-shot config.yaml --label joy --seeds 5
  gcnlabel zero-shot config.yaml --label all --seeds 10 --set 'model.head={name: cosine, of: graph}'
  gcnlabel zero-shot config.yaml --label all --edges-from elsewhere.csv
  gcnlabel zero-shot config.yaml --label all --edges-from names
  gcnlabel zero-shot config.yaml --label all --shots 5
"""


@click.command(epilog=EXAMPLES)
@click.argument("run", metavar="RUN_OR_CONFIG", type=click.Path())
@click.option(
    "--label",
    "labels",
    multiple=True,
    required=True,
    metavar="LABEL",
    help="Tag to leave out of training and score zero-shot; may be repeated, each in turn; all for every tag.",
)
@click.option(
    "--edges-from", default="val", show_default=True, metavar="val|names|FILE", help="Source of the label's edges."
)
@click.option(
    "--shots",
    type=click.IntRange(min=1),
    help="Few-shot: annotate the label on K positive and K negative samples.",
    metavar="K",
)
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(min=1), help="Number of seeds.")
@click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE", shell_complete=settings, help="Change a key of the config."
)
@click.option("--output", type=click.Path(), help="JSON file of the results.")
@click.option("--trust", is_flag=True, help="Run the code that the run's config names.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@json_option
def zero_shot(
    run: str,
    labels: tuple[str, ...],
    edges_from: str,
    shots: int | None,
    seeds: int,
    changes: tuple[str, ...],
    output: str | None,
    trust: bool,
    overwrite: bool,
) -> Any:
    """Train the model of a run or config without a tag, extend it by the tag, and print its AUC and those of baselines.

    The area under the ROC curve is computed on the test split, on the CPU. The tag's edges are measured on the val
    split, unless --edges-from names another source; these annotations are used only for edges. The table compares
    scores of the label graph, of a ridge regression on the correlations with other labels, of text similarity (with
    word embeddings of the features' size) and of their sums; the recommended one is chosen by leaving out each other
    tag in turn, and printed with the left-out values.
    --edges-from names uses cosines of the embeddings, with a warning if they disagree with the statistics of the
    trained labels.
    """
    import json

    from gcnlabel.files import atomic_write, refuse_existing
    from gcnlabel.progress import progress_bar
    from gcnlabel.studies.zero_shot import evaluate_zero_shot
    from gcnlabel.studies.zero_shot.terminal_table import show_zero_shot

    if output is not None:
        refuse_existing(output, overwrite)
    config = _config(run, changes, trust)
    with progress_bar("seeds") as progress:
        results = evaluate_zero_shot(config, labels, seeds=seeds, edges_from=edges_from, shots=shots, progress=progress)
    show_zero_shot(run, results)
    if output is not None:
        with atomic_write(output, overwrite=overwrite) as temporary:
            temporary.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return results


def _config(run: str, changes: tuple[str, ...], trust: bool) -> Config:
    """Return the config of a run folder, or of a file or preset."""
    from gcnlabel.config import load_config
    from gcnlabel.run import RunFolder

    if not os.path.isdir(run):
        return load_config(run, changes)
    folder = RunFolder(run, trust=trust)
    folder.load_config()  # refuses untrusted code
    return load_config(folder.config, changes)
