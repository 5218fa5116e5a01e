"""Turn a checkpoint of the published codes into a run folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from gcnlabel.papers.checkpoints import ImportedModel

EXAMPLES = """\b
Examples:
  gcnlabel import-checkpoint affectnet.pth --from emotion-gcn --embeddings glove.840B.300d.txt \\
      --output runs/published
  gcnlabel import-checkpoint affectnet.pth --from emotion-gcn --embeddings emotions_word2vec.pkl \\
      --graph affectnet.safetensors --config my_affectnet.yaml --output runs/published
  gcnlabel import-checkpoint affwild2.pth --from emotion-gcn --dataset aff-wild2 --embeddings emb.pkl \\
      --output runs/published_aff_wild2
  gcnlabel import-checkpoint multi_task.pth --from emotion-gcn --output runs/published_baseline
  gcnlabel import-checkpoint coco_checkpoint.pth.tar --from ml-gcn --labels coco \\
      --embeddings coco_glove_word2vec.pkl --output runs/ml_gcn
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path())
@click.option(
    "--from", "source", required=True, type=click.Choice(["emotion-gcn", "ml-gcn"]), help="The code that saved FILE."
)
@click.option("--embeddings", help="File of word vectors, or a published .pkl; not needed if --graph has embeddings.")
@click.option(
    "--missing-words",
    default="error",
    show_default=True,
    type=click.Choice(["error", "skip", "random", "zero"]),
    help="How to treat label words without a word vector.",
)
@click.option(
    "--dataset",
    type=click.Choice(["affectnet", "aff-wild2"]),
    help="For emotion-gcn: the training data, whose class codes give the order of the classes. Default: affectnet.",
)
@click.option("--labels", help="File with one label per line, in the checkpoint's order; for ml-gcn also voc or coco.")
@click.option("--graph", type=click.Path(), help="A label graph that must equal the checkpoint's, to check it.")
@click.option("--config", help="Config or preset with the data of the run; its model and graph are replaced.")
@click.option(
    "--size",
    type=click.IntRange(min=32),
    help="Height and width of the images in pixels. Default: that of --config, else that of the publication.",
)
@click.option("--output", required=True, type=click.Path(), help="The run folder to write.")
@click.option("--overwrite", is_flag=True, help="Replace an existing run.")
@json_option
def import_checkpoint(
    file: str, source: str, output: str, overwrite: bool, config: str | None, size: int | None, **options: Any
) -> Any:
    """Turn the published checkpoint FILE into a run folder.

    The file is loaded with weights_only=True, which runs no code from it. The graph is the one in the checkpoint;
    single_task and multi_task checkpoints of the Emotion-GCN script have none. The command prints what it assumes
    where the file stores nothing. Without --config, the config has placeholders for the data (annotations.csv, folder
    images): edit config.yaml before evaluating.
    """
    from gcnlabel.config import load_config
    from gcnlabel.papers.checkpoints import save_run
    from gcnlabel.run import RunFolder

    settings = None if config is None else load_config(config)
    imported = _imported(file, source, options)
    saved = save_run(imported, RunFolder(output), settings, size=size, overwrite=overwrite)
    sizes = " -> ".join(map(str, imported.sizes))
    kind = "linear" if imported.graph is None else "generator"
    click.echo(f"{output}: {imported.architecture.name}, {imported.tasks.num_labels} labels, {kind} {sizes}")
    origin = "--size" if size else "of the publication" if settings is None else f"of {config}"
    assumed = (*imported.assumed, f"images are {getattr(saved.data, 'size', '?')} pixels wide and high ({origin})")
    for text in assumed:
        click.echo(f"assumed: {text}")
    return {"written": [output], "labels": imported.tasks.labels, "assumed": assumed}


def _imported(file: str, source: str, options: dict[str, Any]) -> ImportedModel:
    from gcnlabel.errors import InputError
    from gcnlabel.graph import LabelGraph
    from gcnlabel.papers.checkpoints import class_names, import_emotion_gcn, import_ml_gcn

    graph = None if options["graph"] is None else LabelGraph.load(options["graph"])
    if source == "emotion-gcn":
        if options["labels"] is not None and options["dataset"] is not None:
            raise InputError("--dataset and --labels", expected="one of them: both set the order of the classes")
        dataset = options["dataset"] or "affectnet"
        labels = None if options["labels"] is None else class_names(options["labels"])
        return import_emotion_gcn(file, _reader(options), graph=graph, dataset=dataset, labels=labels)
    if options["dataset"] is not None:
        raise InputError("--dataset with --from ml-gcn", expected="--labels voc, --labels coco or --labels FILE")
    if options["labels"] is None:
        raise InputError(
            "a checkpoint of ml-gcn has no label names",
            expected="--labels voc, --labels coco or --labels FILE",
        )
    labels = class_names(options["labels"])
    read = _reader(options)
    return import_ml_gcn(file, labels, None if read is None else read(labels), graph=graph)


def _reader(options: dict[str, Any]) -> Callable[[Sequence[str]], Tensor] | None:
    """Return a function from labels to their embeddings [L, F]; None without ``--embeddings``."""
    from gcnlabel.embeddings import parse_embeddings

    text = options["embeddings"]
    return None if text is None else lambda labels: parse_embeddings(text, labels, options["missing_words"])
