"""Positions of boxes without overlaps: force-directed, or on a circle by task."""

from __future__ import annotations

import networkx as nx
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEPS = 500


def force_layout(weights: Floats) -> Floats:
    """Return positions in the unit square [n, 2] whose distances follow those in the graph (Kamada and Kawai, 1989).

    Args:
        weights: Symmetric edge weights >= 0, 0 = no edge, [n, n].
    """
    size = len(weights)
    graph = nx.Graph()
    graph.add_nodes_from(range(size))
    top = weights.max() or 1.0
    for i, j in np.argwhere(np.triu(weights, 1) > 0).tolist():
        graph.add_edge(i, j, length=1.6 - weights[i, j] / top)
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length"))
    far = 0.6 * max((max(of.values()) for of in lengths.values()), default=1.0) + 1.0  # between connected components
    distances = {i: {j: lengths[i].get(j, far) for j in range(size)} for i in range(size)}
    found = nx.kamada_kawai_layout(graph, dist=distances, pos=nx.circular_layout(graph))
    return _spread(np.array([found[i] for i in range(size)]).reshape(-1, 2))


def task_layout(tasks: npt.NDArray[np.int64]) -> Floats:
    """Return positions on a circle in the unit square [n, 2], clockwise from the top, with the labels of a task adjacent.

    Args:
        tasks: Index of each label's task, sorted, [n].
    """
    gaps = np.concatenate([[0], np.cumsum(1.0 + 0.7 * (np.diff(tasks) != 0))])
    whole = gaps[-1] + 1 + 0.7 * (tasks[0] != tasks[-1])
    angle = np.pi / 2 - 2 * np.pi * gaps / whole
    return np.stack([(1 + np.cos(angle)) / 2, (1 + np.sin(angle)) / 2], 1)


def boxes_apart(places: Floats, sizes: Floats, canvas: tuple[float, float], gap: float) -> Floats | None:
    """Return the centres [n, 2] of boxes in points, moved until none overlap; None if they still do after all steps.

    Args:
        places: Initial positions in the unit square, [n, 2].
        sizes: Width and height of each box in points, [n, 2].
        canvas: Width and height of the canvas in points.
        gap: Smallest distance between boxes in points.
    """
    lowest, highest = sizes / 2, np.array(canvas) - sizes / 2
    found = lowest + places * (highest - lowest)
    need = (sizes[:, None] + sizes[None]) / 2 + gap
    order = np.sign(np.subtract.outer(np.arange(len(sizes)), np.arange(len(sizes))))
    for _ in range(STEPS):
        difference = found[:, None] - found[None]
        overlap = need - np.abs(difference)  # [n, n, 2]
        together = (overlap > 1e-6).all(2) & (order != 0)
        if not together.any():
            return found
        across = overlap[..., 0] <= overlap[..., 1]
        along = np.where(together & across, overlap[..., 0], 0), np.where(together & ~across, overlap[..., 1], 0)
        for axis, push in enumerate(along):
            side = np.where(difference[..., axis] == 0, order, np.sign(difference[..., axis]))
            found[:, axis] += 0.5 * (push * side).sum(1) / np.maximum((push > 0).sum(1), 1)
        found = np.clip(found, lowest, highest)
    return None


def _spread(places: Floats) -> Floats:
    """Return positions in the unit square, half way between the given ones and their ranks, to thin out clusters."""
    if len(places) < 2:
        return np.full_like(places, 0.5)
    low, span = places.min(0), np.ptp(places, 0)
    ranks = places.argsort(0, kind="stable").argsort(0) / (len(places) - 1)
    return np.where(span > 1e-9, ((places - low) / np.where(span > 1e-9, span, 1) + ranks) / 2, 0.5)
