"""Label graph section: drawing, strongest edges, warnings and adjacency of each distinct graph."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from markupsafe import Markup

from gcnlabel.decimals import decimal
from gcnlabel.graph import LabelGraph
from gcnlabel.inspection import inspect_warnings, strongest_edges
from gcnlabel.report.matrices import MAX_DRAWN, MAX_NAMED, matrix
from gcnlabel.report.page import render
from gcnlabel.report.reading import ReportRuns

MAX_ALL, KEPT = 20, 3
"""Largest number of labels with all edges drawn; in larger graphs, number of strongest in-edges drawn per label."""


def graph(runs: ReportRuns) -> Markup:
    """Return the section, with each distinct graph of the runs once."""
    different: dict[bytes, tuple[LabelGraph, list[str]]] = {}
    for name, found in runs.graphs.items():
        key = str(found.labels).encode() + found.edge_index.numpy().tobytes() + found.edge_weight.numpy().tobytes()
        different.setdefault(key, (found, []))[1].append(name)
    return Markup().join(_of_graph(found, names) for found, names in different.values())


def _of_graph(found: LabelGraph, names: list[str]) -> Markup:
    weights = found.adjacency().double().numpy()
    labels = found.labels
    heat = matrix(
        "Adjacency (the diagonal is the self-loop, without colour)",
        weights, labels, labels, words=("receiving label", "source label"), grey_diagonal=True, no_zeros=True,
    )  # fmt: skip
    return render(
        "graph.html",
        runs=", ".join(names), found=found, strongest=strongest_edges(found, 10), warnings=inspect_warnings(found),
        count=int((found.edge_index[0] != found.edge_index[1]).sum()), heat=heat,
        drawing=_drawing(found, weights) if len(labels) <= MAX_NAMED else None, most=MAX_NAMED, all=MAX_DRAWN,
    )  # fmt: skip


def _drawing(found: LabelGraph, weights: Any) -> Markup:
    """Return the drawing of a graph without isolated labels, which the text below it lists."""
    labels, size = found.labels, len(found.labels)
    weights = weights.copy()
    np.fill_diagonal(weights, 0)
    if size > MAX_ALL:
        weakest = np.argsort(-np.abs(weights), 1)[:, KEPT:]
        np.put_along_axis(weights, weakest, 0, 1)
    net: nx.Graph = nx.Graph()
    for i, j in zip(*np.nonzero(weights), strict=True):
        net.add_edge(int(i), int(j), weight=max(abs(weights[i, j]), abs(weights[j, i])))
    if not net:
        return Markup()
    width, height = (760, 480) if size <= MAX_ALL else (1000, 760)
    even = 2.2 / np.sqrt(len(net))
    spots = nx.kamada_kawai_layout(net, weight=None) if size <= MAX_ALL else nx.spring_layout(net, k=even, seed=0)
    places = _spread(spots, width, height)
    edges = _edges(weights, labels, places)
    tasks = found.tasks
    nodes = [
        {
            "key": i, "x": x, "y": y, "name": labels[i],
            "colour": f"var(--c{tasks.task_indices()[i] % 8})",
            "tip": "\n".join([labels[i], f"task: {tasks.task_of(labels[i]).name}", *_sources(weights[i], labels)]),
        }
        for i, (x, y) in sorted(places.items())
    ]  # fmt: skip
    return render(
        "graph.svg", width=width, height=height, edges=edges, nodes=nodes, kept=KEPT if size > MAX_ALL else None,
        signed=bool((weights < 0).any()), tasks=[task.name for task in tasks], left=size - len(net),
    )  # fmt: skip


def _edges(weights: Any, labels: tuple[str, ...], places: dict[int, tuple[float, float]]) -> list[dict[str, Any]]:
    top, signed = np.abs(weights).max(), bool((weights < 0).any())
    return [
        {
            "ends": (int(j), int(i)),
            "path": _curve(places[int(j)], places[int(i)]),
            "colour": _colour(weights[i, j]) if signed else "muted",
            "width": f"{0.7 + 2.3 * abs(weights[i, j]) / top:.1f}",
            "tip": f"{labels[j]} → {labels[i]}: {decimal(weights[i, j], 3)}",
        }
        for i, j in zip(*np.nonzero(weights), strict=True)
    ]


def _colour(weight: float) -> str:
    return "negative" if weight < 0 else "positive"


def _sources(row: Any, labels: tuple[str, ...]) -> list[str]:
    order = [int(j) for j in np.argsort(-np.abs(row)) if row[j]]
    more = [f"and {len(order) - 8} more"] if len(order) > 8 else []
    return ["receives from:", *(f"{labels[j]} {decimal(row[j], 3, '+')}" for j in order[:8]), *more] if order else []


def _spread(spots: Any, width: int, height: int) -> dict[int, tuple[float, float]]:
    """Return node -> position in pixels, scaled to the whole drawing."""
    points = np.array([*spots.values()])
    low, span = points.min(0), np.ptp(points, 0)
    span[span == 0] = 1
    scaled = 70 + (points - low) / span * [width - 140, height - 100] - [0, 30]
    return {node: (round(x, 1), round(y, 1)) for node, (x, y) in zip(spots, scaled.tolist(), strict=True)}


def _curve(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Return the SVG path of an arrow, curved so that both directions are visible, that ends before the node."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1)
    middle = (a[0] + b[0]) / 2 - 0.14 * dy, (a[1] + b[1]) / 2 + 0.14 * dx
    ex, ey = b[0] - middle[0], b[1] - middle[1]
    back = 12 / max((ex * ex + ey * ey) ** 0.5, 1) if length > 24 else 0
    end = b[0] - back * ex, b[1] - back * ey
    return f"M{a[0]:.1f} {a[1]:.1f}Q{middle[0]:.1f} {middle[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
