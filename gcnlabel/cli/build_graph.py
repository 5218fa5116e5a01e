"""``gcnlabel build-graph``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gcnlabel.graph import LabelGraph
    from gcnlabel.tasks import TaskSet

EXAMPLES = """\b
Examples:
  gcnlabel build-graph tasks.yaml --annotations labels.csv --split train --output graph.safetensors
  gcnlabel build-graph tasks.yaml --annotations labels.csv --statistic emotions=conditional \\
      --statistic emotions:affect=spearman --convention emotion-gcn-paper --output graph.safetensors
  gcnlabel build-graph tasks.yaml --annotations labels.parquet --workers 8 --output graph.safetensors
  gcnlabel build-graph tasks.yaml --annotations /shared/labels.parquet --scheduler tcp://host:8786 \\
      --output graph.safetensors
  gcnlabel build-graph tasks.yaml --from-matrix affectnet_spearman.csv --embeddings emotion-words \\
      --output affectnet.safetensors
  gcnlabel build-graph --from-counts coco2014_cooccurrence.csv --convention ml-gcn-paper \\
      --embeddings coco2014_glove300.txt --output coco.safetensors
"""


@click.command(epilog=EXAMPLES)
@click.argument("tasks", required=False, type=click.Path())
@click.option("--annotations", multiple=True, type=click.Path(), help="CSV or Parquet table; may be given again.")
@click.option("--split-column", default="split", show_default=True, help="Column that holds the split.")
@click.option("--split", default="train", show_default=True, help="Split that enters the graph, or 'all'.")
@click.option("--missing", multiple=True, help="Cell text that means 'not annotated'; may be given again.")
@click.option(
    "--statistic", multiple=True, metavar="[TASK[:TASK]=]NAME", help="Statistic of a pair of tasks, or of all."
)
@click.option(
    "--borrow",
    multiple=True,
    metavar="TASK[:TASK]=SOURCE",
    help="Take the block of a pair of tasks from emotic:PATH, a raw graph (.safetensors) or a matrix (.csv).",
)
@click.option("--from-matrix", type=click.Path(), help="CSV matrix with label names in header and first column.")
@click.option("--from-counts", type=click.Path(), help="CSV: label, count, co-occurrences by label.")
@click.option("--from-edges", type=click.Path(), help="CSV: source, target, weight.")
@click.option(
    "--convention", default="emotion-gcn-paper", show_default=True, help="How it becomes a propagation matrix."
)
@click.option(
    "--pairs", multiple=True, metavar="TASK:TASK", help="Pairs of tasks to connect, instead of the convention's."
)
@click.option("--tau", type=float, help="Threshold instead of the convention's.")
@click.option(
    *("--p", "weights"),
    multiple=True,
    metavar="[TASK=]P",
    help="Weight of the neighbours instead of the convention's, of all labels or of each task's.",
)
@click.option("--embeddings", help="emotion-words, one-hot, random:SIZE:SEED or a file of word vectors.")
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
def build_graph(tasks: str | None, output: str, overwrite: bool, **options: Any) -> None:
    """Measure, or read, how the labels of TASKS depend on each other and save the label graph.

    TASKS is a YAML file that declares the tasks; it may be left out with --from-..., then all labels are one
    multi-label task. Labels are matched by name, never by position.
    """
    from gcnlabel.files import refuse_existing, refuse_suffix
    from gcnlabel.recipe import borrow_blocks, measured_pairs, propagation_graph
    from gcnlabel.tasks import TaskSet

    refuse_existing(refuse_suffix(output, ".safetensors", "a label graph"), overwrite)
    raw = _raw_graph(None if tasks is None else TaskSet.from_yaml(tasks), options)
    pairs = [_pair(text) for text in options["pairs"]] or (measured_pairs(raw) if options["statistic"] else None)
    sources = {_pair(key): source for key, _, source in (text.partition("=") for text in options["borrow"])}
    raw, pairs = borrow_blocks(raw, sources, options["convention"], pairs)
    graph = propagation_graph(
        raw,
        options["convention"],
        tau=options["tau"],
        p=_weights(options["weights"]),
        pairs=pairs,
        embeddings=options["embeddings"],
        missing_words=options["missing_words"],
    )
    graph.save(output, overwrite=overwrite)
    edges = int((graph.edge_index[0] != graph.edge_index[1]).sum())
    click.echo(f"{output}: {len(graph.labels)} labels, {edges} directed edges, embeddings {_size(graph)}")


def _raw_graph(tasks: TaskSet | None, options: dict[str, Any]) -> LabelGraph:
    from gcnlabel.errors import InputError
    from gcnlabel.graph import (
        graph_from_counts,
        graph_from_edges,
        graph_from_matrix,
        read_counts,
        read_edges,
        read_matrix,
    )

    given = [key for key in ("annotations", "from_matrix", "from_counts", "from_edges") if options[key]]
    if len(given) != 1:
        flags = "--annotations, --from-matrix, --from-counts or --from-edges"
        raise InputError(f"{len(given)} sources of the graph", expected=f"exactly one of {flags}")
    if options["from_matrix"]:
        return graph_from_matrix(*read_matrix(options["from_matrix"]), tasks=tasks)
    if options["from_counts"]:
        return graph_from_counts(*read_counts(options["from_counts"]), tasks=tasks)
    if options["from_edges"]:
        return graph_from_edges(read_edges(options["from_edges"]), tasks=tasks)
    if tasks is None:
        raise InputError("no TASKS file given", expected="a YAML file that declares the tasks of the annotations")
    return _measured(tasks, options)


def _measured(tasks: TaskSet, options: dict[str, Any]) -> LabelGraph:
    from gcnlabel.recipe import blocks_of, graph_of_statistics
    from gcnlabel.statistics import measure_files
    from gcnlabel.transforms import convention

    statistics = measure_files(
        options["annotations"],
        tasks,
        blocks_of(tasks, _statistics(options["statistic"]) or convention(options["convention"]).statistic),
        split=None if options["split"] == "all" else options["split"],
        split_column=options["split_column"],
        missing=options["missing"],
        workers=options["workers"],
        scheduler=options["scheduler"],
        **({} if options["timeout"] is None else {"timeout": options["timeout"]}),
    )
    return graph_of_statistics(statistics)


def _statistics(given: tuple[str, ...]) -> dict[tuple[str, str], str] | str | None:
    from gcnlabel.errors import InputError

    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    if any("=" not in text for text in given):
        raise InputError(
            f"--statistic {' '.join(given)}", expected="one NAME for all pairs, or TASK:TASK=NAME for each"
        )
    return {_pair(text.partition("=")[0]): text.partition("=")[2] for text in given} or None


def _weights(given: tuple[str, ...]) -> float | dict[str, float] | None:
    from gcnlabel.errors import InputError

    try:
        if len(given) == 1 and "=" not in given[0]:
            return float(given[0])
        return {task: float(p) for task, p in (text.rsplit("=", 1) for text in given)} or None
    except ValueError:
        raise InputError(f"--p {' '.join(given)}", expected="one number for all, or TASK=NUMBER for each") from None


def _pair(text: str) -> tuple[str, str]:
    a, _, b = text.partition(":")
    return a, b or a


def _size(graph: LabelGraph) -> str:
    return "none" if graph.x is None else f"of size {graph.x.shape[1]}"
