"""``gcnlabel import-checkpoint``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from gcnlabel.published import ImportedModel

EXAMPLES = """\b
Examples:
  gcnlabel import-checkpoint affectnet.pth --from emotion-gcn --embeddings glove.840B.300d.txt \\
      --output runs/published
  gcnlabel import-checkpoint affectnet.pth --from emotion-gcn --embeddings emotions_word2vec.pkl \\
      --graph affectnet.safetensors --config my_affectnet.yaml --output runs/published
  gcnlabel import-checkpoint coco_checkpoint.pth.tar --from ml-gcn --labels coco \\
      --embeddings coco_glove_word2vec.pkl --output runs/ml_gcn
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path())
@click.option("--from", "source", required=True, type=click.Choice(["emotion-gcn", "ml-gcn"]), help="Whose it is.")
@click.option("--embeddings", help="File of word vectors, or a published .pkl; not needed where --graph has them.")
@click.option(
    "--missing-words",
    default="error",
    show_default=True,
    type=click.Choice(["error", "skip", "random", "zero"]),
    help="What to do about words without a vector.",
)
@click.option("--labels", help="For ml-gcn: voc, coco or a file with one name a line, in the checkpoint's order.")
@click.option("--graph", type=click.Path(), help="A label graph that must be the checkpoint's; refused if it differs.")
@click.option("--config", help="Config or preset whose data the run is evaluated on; model and graph are replaced.")
@click.option("--output", required=True, type=click.Path(), help="The run folder to write.")
@click.option("--overwrite", is_flag=True, help="Replace a run that is there.")
def import_checkpoint(file: str, source: str, output: str, overwrite: bool, config: str | None, **options: Any) -> None:
    """Turn the published checkpoint FILE into a run folder.

    The file is opened with weights_only=True: nothing in it is run. The graph is the one inside the checkpoint.
    Without --config, the run names a table annotations.csv and a folder images: fill in config.yaml before evaluating.
    """
    from gcnlabel.config import load_config
    from gcnlabel.published import save_run
    from gcnlabel.run import RunFolder

    settings = None if config is None else load_config(config)
    imported = _imported(file, source, options)
    save_run(imported, RunFolder(output), settings, overwrite=overwrite)
    sizes = " -> ".join(map(str, imported.sizes))
    labels = len(imported.graph.labels)
    click.echo(f"{output}: {imported.architecture.name}, {labels} labels, generator {sizes}")


def _imported(file: str, source: str, options: dict[str, Any]) -> ImportedModel:
    from gcnlabel.errors import InputError
    from gcnlabel.graph import LabelGraph
    from gcnlabel.published import EMOTION_GCN_TASKS, class_names, import_emotion_gcn, import_ml_gcn

    graph = None if options["graph"] is None else LabelGraph.load(options["graph"])
    if source == "emotion-gcn":
        if options["labels"] is not None:
            raise InputError("--labels with --from emotion-gcn", expected="no --labels: its labels are known")
        return import_emotion_gcn(file, _embeddings(EMOTION_GCN_TASKS.labels, options), graph=graph)
    if options["labels"] is None:
        raise InputError(
            "a checkpoint of ml-gcn holds no names of its labels",
            expected="--labels voc, --labels coco or --labels FILE",
        )
    labels = class_names(options["labels"])
    return import_ml_gcn(file, labels, _embeddings(labels, options), graph=graph)


def _embeddings(labels: Sequence[str], options: dict[str, Any]) -> Tensor | None:
    from gcnlabel.embeddings import parse_embeddings

    text = options["embeddings"]
    return None if text is None else parse_embeddings(text, labels, options["missing_words"])
