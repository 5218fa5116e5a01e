"""Export a label graph to networkx, GraphML, JSON, NumPy or CSV."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import numpy as np

from gcnlabel.files import atomic_write, atomic_writes
from gcnlabel.graph.checks import check_edges
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.raw_matrix import as_dense


def to_networkx(graph: LabelGraph) -> nx.DiGraph:
    """Return a directed graph: nodes are label names with their ``task``, edges have a ``weight``.

    The edge j -> i has label j as source and label i as receiving label, as in ``edge_index``.

    Example:
        >>> list(to_networkx(LabelGraph.from_dense([[0, 0.5], [0, 0]], ["cat", "dog"])).edges(data="weight"))
        [('dog', 'cat', 0.5)]
    """
    check_edges(graph)
    result, labels = nx.DiGraph(), graph.labels
    for task in graph.tasks:
        result.add_nodes_from(task.labels, task=task.name)
    source, target = graph.edge_index.tolist()
    for j, i, weight in zip(source, target, graph.edge_weight.tolist(), strict=True):
        result.add_edge(labels[j], labels[i], weight=weight)
    return result


def write_graphml(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> None:
    """Write the graph as GraphML, e.g. for Gephi, Cytoscape or yEd."""
    with atomic_write(path, overwrite=overwrite) as temporary:
        nx.write_graphml(to_networkx(graph), temporary)


def write_json(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> None:
    """Write the graph as node-link JSON, e.g. for D3."""
    content = nx.node_link_data(to_networkx(graph), edges="edges")
    with atomic_write(path, overwrite=overwrite) as temporary:
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")


def write_npz(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> None:
    """Write the graph as NumPy arrays, without pickles.

    The arrays are ``labels`` and ``task`` (names, [L]), ``adjacency`` [L, L] (row = receiving label), ``edge_index``,
    ``edge_weight``; and ``statistic`` [L, L] and ``x`` [L, F] where the graph has them.
    """
    arrays = {
        "labels": np.array(graph.labels),
        "task": np.array([graph.tasks.task_of(label).name for label in graph.labels]),
        "adjacency": graph.adjacency().numpy(),
        "edge_index": graph.edge_index.numpy(),
        "edge_weight": graph.edge_weight.numpy(),
    }
    if graph.statistic is not None:
        arrays["statistic"] = as_dense(graph.statistic).numpy()
    if graph.x is not None:
        arrays["x"] = graph.x.numpy()
    with atomic_write(path, overwrite=overwrite) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def write_csv(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write the propagation matrix and the raw statistic as CSV files with names, which ``--from-matrix`` reads.

    The name of the statistic's file ends in ``_statistic.csv``; a graph that was built from edges has no statistic.

    Returns:
        The written files.
    """
    path = Path(path)
    matrices = {path: graph.adjacency().double().numpy()}
    if graph.statistic is not None:
        matrices[path.with_name(f"{path.stem}_statistic.csv")] = as_dense(graph.statistic).numpy()
    with atomic_writes(list(matrices), overwrite=overwrite) as temporaries:
        for temporary, matrix in zip(temporaries, matrices.values(), strict=True):
            with temporary.open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file, lineterminator="\n")
                rows.writerow(["label", *graph.labels])
                rows.writerows([name, *map(repr, row)] for name, row in zip(graph.labels, matrix.tolist(), strict=True))
    return list(matrices)
