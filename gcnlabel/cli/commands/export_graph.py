"""Export a label graph for the published code, or to npz, CSV or GraphML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from gcnlabel.cli.json_results import json_option

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = """\b
Examples:
  gcnlabel export-graph graph.safetensors --format ml-gcn --output my_adj.pkl       # and my_word2vec.pkl
  gcnlabel export-graph graph.safetensors --format emotion-gcn --output spearman.pkl   # and spearman_emb.pkl
  gcnlabel export-graph graph.safetensors --format npz --output graph.npz
  gcnlabel export-graph graph.safetensors --format csv --output graph.csv           # and graph_statistic.csv
"""
SUFFIXES = {"ml-gcn": ".pkl", "emotion-gcn": ".pkl", "npz": ".npz", "csv": ".csv", "graphml": ".graphml"}


@click.command(epilog=EXAMPLES)
@click.argument("graph", type=click.Path())
@click.option("--format", "format", required=True, type=click.Choice(list(SUFFIXES)), help="Format of the file.")
@click.option("--output", required=True, type=click.Path(), help="The file to write.")
@click.option("--overwrite", is_flag=True, help="Replace existing files.")
@json_option
def export_graph(graph: str, format: str, output: str, overwrite: bool) -> Any:
    """Write the label graph GRAPH for other programs.

    ml-gcn and emotion-gcn are pickles for the released code: counts of tags (adj, nums) or a frame of correlations, and
    the label embeddings. That code applies its own threshold and weights, so only the measured statistic is written,
    not the propagation matrix. ml-gcn needs a graph that was built from annotations or counts.

    npz, csv and graphml contain the propagation matrix; npz and csv also the measured statistic.
    """
    from gcnlabel.files import refuse_suffix
    from gcnlabel.graph import LabelGraph, write_csv, write_emotion_gcn, write_graphml, write_ml_gcn, write_npz

    refuse_suffix(output, SUFFIXES[format], f"a file of the format {format}")
    writers: dict[str, Callable[..., Any]] = {
        "ml-gcn": write_ml_gcn,
        "emotion-gcn": write_emotion_gcn,
        "npz": write_npz,
        "csv": write_csv,
        "graphml": write_graphml,
    }
    loaded = LabelGraph.load(graph)
    written = writers[format](loaded, output, overwrite=overwrite) or [output]
    for path in written:
        click.echo(f"wrote {path}: {len(loaded.labels)} labels")
    return {"written": written, "labels": loaded.labels}
