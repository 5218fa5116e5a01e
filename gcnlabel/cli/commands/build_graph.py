"""Measure or read a label graph and save it."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.cli.completing import conventions, embeddings_and_files, statistics
from gcnlabel.cli.json_results import json_option

EXAMPLES = """\b
Examples:
  gcnlabel build-graph tasks.yaml --annotations labels.csv --split train --output graph.safetensors
  gcnlabel build-graph tasks.yaml --annotations labels.csv --statistic emotions=conditional \\
      --statistic emotions:affect=spearman --convention emotion-gcn-paper --output graph.safetensors
  gcnlabel build-graph tasks.yaml --annotations labels.parquet --workers 8 --output graph.safetensors
  gcnlabel build-graph tasks.yaml --annotations /shared/labels.parquet --scheduler tcp://host:8786 \\
      --output graph.safetensors
  gcnlabel build-graph --annotations emotions-train.arff --xml emotions.xml --convention ml-gcn-paper \\
      --output graph.safetensors
  gcnlabel build-graph tasks.yaml --from-matrix affectnet_spearman.csv --embeddings emotion-words \\
      --output affectnet.safetensors
  gcnlabel build-graph --annotations instances_train2014.json --convention ml-gcn-paper --output coco.safetensors
  gcnlabel build-graph --annotations VOCdevkit/VOC2007 --split trainval --difficult negative \\
      --convention ml-gcn-paper --output voc.safetensors
  gcnlabel build-graph --from-counts coco2014_cooccurrence.csv --convention ml-gcn-paper \\
      --embeddings coco2014_glove300.txt --output coco.safetensors
  gcnlabel build-graph tasks.yaml --from-counts coco_adj.pkl --convention ml-gcn-code \\
      --embeddings coco_glove_word2vec.pkl --output coco.safetensors
"""


@click.command(epilog=EXAMPLES)
@click.argument("tasks", required=False, type=click.Path())
@click.option(
    "--annotations",
    multiple=True,
    type=click.Path(),
    help="CSV, Parquet or ARFF, may be given again; or COCO's instances_*.json, or VOC's folder of one year.",
)
@click.option("--xml", type=click.Path(), help="Mulan's XML of labels, beside ARFF files.")
@click.option("--present", multiple=True, metavar="TAG=VALUE", help="Value of an ARFF tag that means present.")
@click.option("--split-column", default="split", show_default=True, help="Column that holds the split.")
@click.option("--split", default="train", show_default=True, help="Split that enters the graph, or 'all'.")
@click.option(
    "--difficult",
    type=click.Choice(["unknown", "negative", "positive"]),
    help="What a class is where VOC calls it difficult.  [default: unknown]",
)
@click.option("--missing", multiple=True, help="Cell text that means 'not annotated'; may be given again.")
@click.option("--delimiter", help="What stands between the cells of text files.  [default: seen from the file]")
@click.option("--names", metavar="A,B,...", help="Names of the columns of tables without a header.")
@click.option(
    "--decimal", default=".", show_default=True, type=click.Choice([".", ","]), help="Decimal mark in text files."
)
@click.option(
    "--no-quotes", "quotes", flag_value=False, default=True, help="Quotes in text files are plain characters."
)
@click.option("--long", metavar="SAMPLE,LABEL,VALUE", help="Columns of tables with a row a pair of sample and label.")
@click.option(
    "--statistic",
    multiple=True,
    metavar="[TASK[:TASK]=]NAME",
    shell_complete=statistics,
    help="Statistic of a pair of tasks, or of all.",
)
@click.option(
    "--borrow",
    multiple=True,
    metavar="TASK[:TASK]=SOURCE",
    help="Take the block of a pair of tasks from emotic:PATH, a raw graph (.safetensors) or a matrix (.csv).",
)
@click.option(
    "--from-matrix",
    type=click.Path(),
    help="CSV matrix with label names in header and first column; a .pkl or .npy of one; or a graph, its raw matrix.",
)
@click.option(
    "--from-counts",
    type=click.Path(),
    help="CSV: label, count, co-occurrences by label; or a published .pkl with adj and nums.",
)
@click.option("--from-edges", type=click.Path(), help="CSV: source, target, weight.")
@click.option(
    "--convention",
    default="signed-weighted",
    show_default=True,
    shell_complete=conventions,
    help="How it becomes a propagation matrix.",
)
@click.option(
    "--pairs", multiple=True, metavar="TASK:TASK", help="Pairs of tasks to connect, instead of the convention's."
)
@click.option("--tau", type=float, help="Threshold instead of the convention's.")
@click.option(
    "--p",
    "weights",
    multiple=True,
    metavar="[TASK=]P",
    help="Weight of the neighbours instead of the convention's, of all labels or of each task's.",
)
@click.option(
    "--embeddings",
    shell_complete=embeddings_and_files,
    help="emotion-words, one-hot, random:SIZE:SEED, a file of word vectors, or a .pkl or .npy of them.",
)
@click.option(
    "--missing-words",
    default="error",
    show_default=True,
    type=click.Choice(["error", "skip", "random", "zero"]),
    help="What to do about words without a vector.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Processes that read.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Read on the machines of a Dask cluster instead.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds to wait for the scheduler, and for workers where it has none.  [default: 60]",
)
@click.option("--output", required=True, type=click.Path(), help="The .safetensors file to write.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@json_option
def build_graph(tasks: str | None, output: str, overwrite: bool, **options: Any) -> Any:
    """Measure, or read, how the labels of TASKS depend on each other and save the label graph.

    TASKS is a YAML file that declares the tasks; it may be left out with --from-..., ARFF, COCO and VOC, then all
    labels are one multi-label task. Labels are matched by name, whatever their case; only arrays, which hold no names,
    are taken in the order of TASKS, and the command says so.
    """
    from gcnlabel.cli.graph_sources import raw_graph, recipe_of
    from gcnlabel.cli.idle_options import refuse_idle_of_graph
    from gcnlabel.files import refuse_existing, refuse_suffix
    from gcnlabel.tasks import TaskSet

    refuse_idle_of_graph(options)
    refuse_existing(refuse_suffix(output, ".safetensors", "a label graph"), overwrite)
    recipe = recipe_of(options)
    graph = recipe.finish(raw_graph(None if tasks is None else TaskSet.from_yaml(tasks), recipe, options))
    graph.save(output, overwrite=overwrite)
    edges = int((graph.edge_index[0] != graph.edge_index[1]).sum())
    size = "none" if graph.x is None else f"of size {graph.x.shape[1]}"
    click.echo(f"{output}: {len(graph.labels)} labels, {edges} directed edges, embeddings {size}")
    if "order" in str(graph.history.get("source", "")):
        click.echo(f"assumed: {graph.history['source']}: {', '.join(graph.labels[:9])}")
    return {"written": [output], "labels": graph.labels, "edges": edges, "history": graph.history}
