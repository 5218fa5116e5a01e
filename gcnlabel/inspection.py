"""In-neighbours of each label of a graph, and warnings about unusual graphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.graph.checks import check_edges
from gcnlabel.graph.raw_matrix import as_dense, entries_at
from gcnlabel.statistics.few import few_samples_text

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LabelRow:
    """One label of a graph.

    Attributes:
        label: Its name.
        task: Its task.
        neighbours: Number of its in-neighbours, without itself.
        self_share: Share of its self-loop in the absolute weight of its row, 0..1.
        in_neighbours: Names and weights, strongest first; ties are broken by the size of the raw statistic.
    """

    label: str
    task: str
    neighbours: int
    self_share: float
    in_neighbours: tuple[tuple[str, float], ...]

    @property
    def negative(self) -> int:
        """Number of its in-neighbours with a negative weight."""
        return sum(weight < 0 for _, weight in self.in_neighbours)


def inspect_labels(graph: LabelGraph) -> list[LabelRow]:
    """Return a row for each label, in order.

    Example:
        >>> graph = LabelGraph.from_dense([[0, 0.5], [0, 0]], ["cat", "dog"])
        >>> inspect_labels(graph)[0].in_neighbours
        (('dog', 0.5),)
    """
    check_edges(graph)
    source, target = graph.edge_index.tolist()
    statistic, labels, tasks = graph.statistic, graph.labels, graph.tasks
    raw = (graph.edge_weight if statistic is None else entries_at(statistic, *graph.edge_index.flip(0))).abs().tolist()
    sources: list[list[tuple[str, float, float]]] = [[] for _ in labels]
    own = [0.0] * len(labels)
    for j, i, weight, size in zip(source, target, graph.edge_weight.tolist(), raw, strict=True):
        if i == j:
            own[i] += weight
        else:
            sources[i].append((labels[j], weight, size))
    rows = []
    for i, label in enumerate(labels):
        ordered = sorted(sources[i], key=lambda edge: (-abs(edge[1]), -edge[2]))
        strongest = tuple((name, weight) for name, weight, _ in ordered)
        total = abs(own[i]) + sum(abs(weight) for _, weight in strongest)
        share = abs(own[i]) / total if total else 0.0
        rows.append(LabelRow(label, tasks.task_of(label).name, len(strongest), share, strongest))
    return rows


def inspect_warnings(graph: LabelGraph) -> list[str]:
    """Return warnings: isolated labels, labels without in-neighbours, NaN, row sums, few edges."""
    rows = inspect_labels(graph)
    size = len(rows)
    is_source = torch.zeros(size, dtype=torch.bool)
    source, target = graph.edge_index
    is_source[source[source != target]] = True
    sums = row_sums(graph)
    without = [(row.label, sends) for row, sends in zip(rows, is_source.tolist(), strict=True) if not row.neighbours]
    isolated = [label for label, sends in without if not sends]
    source_only = [label for label, sends in without if sends]
    empty = [row.label for row in rows if not row.neighbours and row.self_share == 0]
    uneven = [row.label for row, total in zip(rows, sums.tolist(), strict=True) if abs(total - 1) > 1e-4]
    edges = int((source != target).sum())
    found = []
    if not torch.isfinite(graph.edge_weight).all():
        found.append("some edge weights are NaN or infinite: scores will be NaN")
    if few := graph.history.get("few_samples"):
        found.append(few_samples_text(few))
    if isolated:
        found.append(f"{len(isolated)} isolated label(s), without any edge to or from another: {shorten(isolated)}")
    if source_only:
        found.append(f"{len(source_only)} label(s) without in-neighbours: {shorten(source_only)}")
    if empty:
        found.append(
            f"{len(empty)} label(s) without any edge or self-loop: {shorten(empty)}; their generated vectors are zero, "
            "and dividing by their row sum gives NaN"
        )
    if uneven:
        found.append(f"{len(uneven)} row(s) do not sum to one (absolute sums): {shorten(uneven)}")
    if edges < size / 2:
        found.append(f"the graph is nearly empty: {edges} directed edges between {size} labels")
    return found


def strongest_edges(graph: LabelGraph, count: int) -> list[tuple[str, str, float]]:
    """Return (source, receiving label, weight) of the ``count`` strongest edges between different labels, in order.

    Example:
        >>> strongest_edges(LabelGraph.from_dense([[0, -0.5], [0.25, 0]], ["sad", "glad"]), 1)
        [('glad', 'sad', -0.5)]
    """
    rows = inspect_labels(graph)
    edges = [(source, row.label, weight) for row in rows for source, weight in row.in_neighbours]
    return sorted(edges, key=lambda edge: -abs(edge[2]))[:count]


def signs(graph: LabelGraph) -> tuple[int, int]:
    """Return the numbers of positive and of negative directed edges between different labels.

    Example:
        >>> signs(LabelGraph.from_dense([[0, -0.5], [0.25, 0]], ["sad", "glad"]))
        (1, 1)
    """
    source, target = graph.edge_index
    between = graph.edge_weight[source != target]
    return int((between > 0).sum()), int((between < 0).sum())


def row_sums(graph: LabelGraph) -> Tensor:
    """Return the sum of absolute weights of each row of Â, [L]."""
    total = graph.edge_weight.new_zeros(len(graph.labels))
    return total.index_add_(0, graph.edge_index[1], graph.edge_weight.abs())


def tau_sweep(statistic: Floats, taus: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the numbers of directed edges and of labels without a neighbour at each threshold.

    Args:
        statistic: Raw matrix [L, L], row = receiving label; absolute values are used.
        taus: Thresholds [K].

    Returns:
        Edges [K] and isolated labels [K].

    Example:
        >>> edges, isolated = tau_sweep(np.array([[1, 0.5], [-0.2, 1]]), np.array([0.1, 0.3, 0.6]))
        >>> edges.tolist(), isolated.tolist()
        ([2, 1, 0], [0, 1, 2])
    """
    size = np.abs(statistic)  # a copy
    np.fill_diagonal(size, 0)
    largest = np.sort(size.max(1))  # largest entry of each label, [L]
    entries = np.sort(size[size > 0])
    edges = len(entries) - np.searchsorted(entries, taus)
    return edges, np.searchsorted(largest, np.maximum(taus, np.nextafter(0, 1)))


def threshold_of(graph: LabelGraph) -> float | None:
    """Return the threshold of a finished graph; None for a raw graph, or one without a threshold."""
    taus = [step["tau"] for step in graph.history.get("transforms", []) if "tau" in step]
    return float(taus[-1]) if taus else None


def swept_statistic(graph: LabelGraph) -> Floats:
    """Return the raw statistic [L, L] of the blocks that the graph's transforms kept."""
    if graph.statistic is None:
        raise InputError("the graph has no raw statistic", expected="a graph that build-graph wrote")
    statistic: Floats = as_dense(graph.statistic).double().numpy().copy()
    tasks = graph.tasks
    kept = [step["keep"] for step in graph.history.get("transforms", []) if step.get("keep")]
    for pairs in kept:
        inside = np.zeros_like(statistic, dtype=bool)
        for a, b in (pair for pair in pairs if set(pair) <= set(tasks.names)):
            rows, columns = tasks.slice_of(a), tasks.slice_of(b)
            inside[rows, columns] = inside[columns, rows] = True
        statistic[~inside] = 0
    return statistic
