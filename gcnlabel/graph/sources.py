"""Build label graphs from matrices, counts, edges and networkx graphs. Labels are matched by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.graph.entries import graph_from_entries
from gcnlabel.graph.label_graph import LabelGraph
from gcnlabel.statistics import conditional_from_counts
from gcnlabel.tasks import MultiLabel, TaskSet
from gcnlabel.tasks.matching import matched_names

if TYPE_CHECKING:
    import networkx as nx


def graph_from_matrix(
    labels: Sequence[str], matrix: npt.ArrayLike, *, tasks: TaskSet | None = None, source: str = "matrix"
) -> LabelGraph:
    """Return the raw graph of a matrix whose rows and columns have names.

    Args:
        labels: Names of rows and columns.
        matrix: Statistic or weights [L, L], row = receiving label.
        tasks: Tasks whose labels become the nodes, matched by name; None for one multi-label task ``labels``.
        source: Name of the source in the history.

    Raises:
        InputError: A label of the tasks has no row, or a row belongs to no task.

    Example:
        >>> tasks = TaskSet([MultiLabel("tags", ["dog", "cat"])])
        >>> graph_from_matrix(["cat", "dog"], [[0, 0.5], [0, 0]], tasks=tasks).adjacency().tolist()
        [[0.0, 0.0], [0.5, 0.0]]
    """
    tasks = TaskSet([MultiLabel("labels", tuple(labels))]) if tasks is None else tasks
    order = match_names(tasks.labels, labels)
    values = np.asarray(matrix, dtype=np.float64)
    if values.shape != (len(labels), len(labels)):
        raise InputError(f"a matrix of shape {list(values.shape)}", expected=f"[{len(labels)}, {len(labels)}]")
    return LabelGraph.from_dense(values[np.ix_(order, order)], tasks, history={"source": source})


def graph_from_counts(
    labels: Sequence[str],
    counts: npt.ArrayLike,
    cooccurrence: npt.ArrayLike,
    *,
    tasks: TaskSet | None = None,
) -> LabelGraph:
    """Return the raw graph of conditional probabilities ``P(L_j | L_i) = M[i, j] / N[i]`` (ML-GCN, Section 3.2).

    Args:
        labels: Names of the labels.
        counts: N, samples with each label [L].
        cooccurrence: M, samples with both labels [L, L].
        tasks: As for :func:`graph_from_matrix`.
    """
    matrix = conditional_from_counts(np.asarray(counts), np.asarray(cooccurrence))
    graph = graph_from_matrix(labels, matrix, tasks=tasks, source="counts: conditional probability")
    names = matched_names(labels, graph.labels)
    graph.history["counts"] = dict(zip(names, np.asarray(counts, dtype=np.float64).tolist(), strict=True))
    return graph


def graph_from_edges(edges: Iterable[tuple[str, str, float]], *, tasks: TaskSet | None = None) -> LabelGraph:
    """Return the raw graph of (source, target, weight); the target is the receiving label.

    Without ``tasks`` the labels are the names in the edges, sorted.

    Raises:
        InputError: An edge names a label that is in no task.
    """
    edges = list(edges)
    named = sorted({name for source, target, _ in edges for name in (source, target)})
    tasks = TaskSet([MultiLabel("labels", tuple(named))]) if tasks is None else tasks
    meant = dict(zip(named, matched_names(named, tasks.labels), strict=True))
    entries = {(tasks.index(meant[target]), tasks.index(meant[source])): weight for source, target, weight in edges}
    places = np.array(list(entries), dtype=np.int64).reshape(-1, 2)
    values = np.array(list(entries.values()), dtype=np.float64)
    return graph_from_entries(places[:, 0], places[:, 1], values, tasks, history={"source": "edges"})


def graph_from_networkx(graph: nx.Graph, *, tasks: TaskSet | None = None) -> LabelGraph:
    """Return the raw graph of a networkx graph whose nodes are labels; edges may have a ``weight``.

    An edge u -> v of a directed graph has v as its receiving label; an undirected edge counts in both directions.

    Raises:
        InputError: A node is in no task.
    """
    directed = graph if graph.is_directed() else graph.to_directed()
    tasks = TaskSet([MultiLabel("labels", tuple(map(str, directed.nodes)))]) if tasks is None else tasks
    match_names(tasks.labels, [str(node) for node in directed.nodes])
    edges = [(str(u), str(v), float(w)) for u, v, w in directed.edges(data="weight", default=1.0)]
    raw = graph_from_edges(edges, tasks=tasks)
    raw.history = {"source": "networkx"}
    return raw


def match_names(wanted: Sequence[str], given: Sequence[Any]) -> list[int]:
    """Return the position of each wanted name among the given ones; case is ignored where that is unambiguous.

    Raises:
        InputError: A name is missing or left over.

    Example:
        >>> match_names(["a", "b"], ["B", "a"])
        [1, 0]
    """
    given = matched_names(given, wanted)
    place = {name: i for i, name in enumerate(given)}
    missing = [name for name in wanted if name not in place]
    known = set(wanted)
    surplus = [name for name in given if name not in known]
    if missing or surplus:
        raise InputError(
            "the labels of the tasks and of the source differ",
            where=f"missing in the source: {shorten(missing) or 'none'}; in no task: {shorten(surplus) or 'none'}",
            expected="the same names on both sides",
            fix=closest(missing[0], surplus) if missing else "declare the tasks of these labels",
        )
    return [place[name] for name in wanted]
