"""A label graph for other programs: networkx, GraphML, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx

from gcnlabel.files import atomic_write
from gcnlabel.graph.checks import check_edges
from gcnlabel.graph.label_graph import LabelGraph


def to_networkx(graph: LabelGraph) -> nx.DiGraph:
    """Return a directed graph: nodes are label names with their ``task``, edges have a ``weight``.

    The edge j -> i says that label i listens to label j, as in ``edge_index``.

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
    """Write the graph as GraphML, for Gephi, Cytoscape, yEd and the like."""
    with atomic_write(path, overwrite=overwrite) as temporary:
        nx.write_graphml(to_networkx(graph), temporary)


def write_json(graph: LabelGraph, path: str | Path, *, overwrite: bool = False) -> None:
    """Write the graph as node-link JSON, for D3 and the like."""
    content = nx.node_link_data(to_networkx(graph), edges="edges")
    with atomic_write(path, overwrite=overwrite) as temporary:
        temporary.write_text(json.dumps(content, indent=1), encoding="utf-8")
