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
    help="CSV, Parquet or ARFF, repeatable; or COCO's instances_*.json, or VOC's folder of one year.",
)
@click.option("--xml", type=click.Path(), help="Mulan's XML file with the labels of the ARFF files.")
@click.option("--present", multiple=True, metavar="TAG=VALUE", help="Value of an ARFF tag that means present.")
@click.option("--split-column", default="split", show_default=True, help="Column with the split.")
@click.option("--split", default="train", show_default=True, help="Split to measure the graph on, or 'all'.")
@click.option(
    "--difficult",
    type=click.Choice(["unknown", "negative", "positive"]),
    help="How to treat VOC's difficult objects.  [default: unknown]",
)
@click.option("--missing", multiple=True, help="Cell text that means 'not annotated', repeatable.")
@click.option("--delimiter", help="Delimiter of text files.  [default: detected]")
@click.option("--names", metavar="A,B,...", help="Column names of tables without a header.")
@click.option(
    "--decimal", default=".", show_default=True, type=click.Choice([".", ","]), help="Decimal mark in text files."
)
@click.option(
    "--no-quotes", "quotes", flag_value=False, default=True, help="Treat quotes in text files as plain characters."
)
@click.option(
    "--long", metavar="SAMPLE,LABEL,VALUE", help="Columns of tables in long format, with one row per sample and label."
)
@click.option(
    "--statistic",
    multiple=True,
    metavar="[TASK[:TASK]=]NAME",
    shell_complete=statistics,
    help="Statistic for a pair of tasks, or for all pairs; repeatable.",
)
@click.option(
    "--borrow",
    multiple=True,
    metavar="TASK[:TASK]=SOURCE",
    help="Take the statistic of a pair of tasks from emotic:PATH, a raw graph (.safetensors) or a matrix (.csv).",
)
@click.option(
    "--from-matrix",
    type=click.Path(),
    help="CSV matrix with label names in header and first column; or a .pkl or .npy matrix; or a graph's raw matrix.",
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
    help="How the statistic is turned into a propagation matrix.",
)
@click.option(
    "--pairs", multiple=True, metavar="TASK:TASK", help="Pairs of tasks to connect.  [default: the convention's]"
)
@click.option("--tau", type=float, help="Threshold.  [default: the convention's]")
@click.option(
    "--p",
    "weights",
    multiple=True,
    metavar="[TASK=]P",
    help="Weight of the neighbours, for all labels or per task.  [default: the convention's]",
)
@click.option(
    "--embeddings",
    shell_complete=embeddings_and_files,
    help="emotion-words, one-hot, random:SIZE:SEED, a file of word vectors, or a .pkl or .npy array.",
)
@click.option(
    "--missing-words",
    default="error",
    show_default=True,
    type=click.Choice(["error", "skip", "random", "zero"]),
    help="How to treat label words without a word vector.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Number of reader processes.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Read on the workers of a Dask cluster instead.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds to wait for the Dask scheduler and for its first worker.  [default: 60]",
)
@click.option("--output", required=True, type=click.Path(), help="The .safetensors file to write.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@json_option
def build_graph(tasks: str | None, output: str, overwrite: bool, **options: Any) -> Any:
    """Measure or read the dependencies between the labels of TASKS, and save the label graph.

    TASKS is a YAML file that declares the tasks. It is optional with --from-..., ARFF, COCO and VOC; without it, all
    labels form one multi-label task. Labels are matched by name, ignoring case. Arrays, which have no names, must be in
    the order of TASKS; the command prints that assumption.
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
