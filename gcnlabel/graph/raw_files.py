"""Read raw graphs from files, by kind of content."""

from __future__ import annotations

from pathlib import Path

from gcnlabel.annotations import AS_SEEN, Layout
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.graph.matrix_files import read_counts, read_edges, read_matrix
from gcnlabel.graph.published_pickles import counts_from_pickle, matrix_from_pickle
from gcnlabel.graph.raw_matrix import as_dense
from gcnlabel.graph.sources import graph_from_counts, graph_from_edges, graph_from_matrix
from gcnlabel.pickles import is_array_file
from gcnlabel.tasks import TaskSet


def read_raw_graph(kind: str, path: str | Path, tasks: TaskSet | None = None, layout: Layout = AS_SEEN) -> LabelGraph:
    """Return the raw graph of a file.

    Args:
        kind: ``matrix``, ``counts`` or ``edges``.
        path: A CSV file with names; a matrix or counts also as a pickle of arrays; a matrix also as ``.npy``, or as a
            graph (``.safetensors``), whose raw statistic is used.
        tasks: Tasks whose labels become the nodes, matched by name (arrays: in their order); None for one multi-label
            task of the names in the file.
        layout: Layout of a CSV file, where it cannot be detected.

    Raises:
        InputError: The file cannot be used, or its labels are not those of the tasks.
    """
    if kind == "edges":
        return graph_from_edges(read_edges(path, layout), tasks=tasks)
    if kind == "counts":
        if is_array_file(path):
            return counts_from_pickle(path, tasks)
        return graph_from_counts(*read_counts(path, layout), tasks=tasks)
    if is_array_file(path):
        return matrix_from_pickle(path, tasks)
    if str(path).lower().endswith(".safetensors"):
        raw = raw_graph_of(LabelGraph.load(path))
        return raw if tasks is None else raw.reorder(tasks)
    return graph_from_matrix(*read_matrix(path, layout), tasks=tasks)


def raw_graph_of(graph: LabelGraph) -> LabelGraph:
    """Return the raw graph that a finished one was made from.

    Raises:
        InputError: It has no raw statistic, or one with too many labels.
    """
    history = {k: v for k, v in graph.history.items() if k not in ("convention", "transforms", "embeddings")}
    return LabelGraph.from_dense(as_dense(graph.statistic), graph.tasks, history=history)
