"""Build the propagation graph of a published network from the matrix A in its checkpoint."""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from torch_geometric.transforms import Compose

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import Normalize, Transpose

TOLERANCE = 1e-5
"""Largest allowed difference of two propagation matrices: a few rounding errors of float32."""


def published_graph(matrix: Tensor, tasks: TaskSet, *, source: str) -> LabelGraph:
    """Return the graph of ``Â = D^-1/2 Aᵀ D^-1/2``, D the row sums of A: the published forward pass.

    Args:
        matrix: A, after thresholding and re-weighting and with its diagonal, [L, L].
        tasks: Tasks whose labels are its rows.
        source: Origin of A, for the graph's history.

    Raises:
        InputError: A has another number of labels, an entry is negative, or a row sums to zero.

    Example:
        >>> from gcnlabel.tasks import MultiLabel
        >>> tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
        >>> published_graph(torch.tensor([[1.0, 3.0], [0.0, 1.0]]), tasks, source="by hand").adjacency().tolist()
        [[0.25, 0.0], [1.5, 1.0]]
    """
    size = tasks.num_labels
    if matrix.shape != (size, size):
        raise InputError(
            f"the checkpoint's A is of shape {list(matrix.shape)}: {len(matrix) if matrix.dim() else 0} labels",
            expected=f"[{size}, {size}]: {', '.join(tasks.labels[:9])}{', ...' if size > 9 else ''}",
            fix="import a checkpoint of these labels, or name the labels that it was trained on",
        )
    if (matrix < 0).any() or (matrix.sum(1) <= 0).any():
        row = int(((matrix < 0).any(1) | (matrix.sum(1) <= 0)).nonzero()[0, 0])
        raise InputError(
            f"the checkpoint's A, row of {tasks.labels[row]!r}: a negative entry, or only zeros",
            expected="weights >= 0, with the label's own weight on the diagonal",
        )
    graph = LabelGraph.from_dense(matrix.numpy(), tasks, history={"source": source})
    target, source_label = matrix.nonzero().T  # with the diagonal, which from_dense drops
    graph = copy.copy(graph)
    graph.edge_index = torch.stack([source_label, target])
    graph.edge_weight = matrix[target, source_label].clone()
    propagates: LabelGraph = Compose([Normalize("sym"), Transpose()])(graph)
    return propagates


def check_same_propagation(given: LabelGraph, graph: LabelGraph) -> LabelGraph:
    """Return a given graph in the order of the checkpoint's labels, if it has the same propagation matrix.

    Raises:
        InputError: Labels or weights differ; the message gives the largest difference.
    """
    given = given.reorder(graph.tasks)
    difference = (given.adjacency().double() - graph.adjacency().double()).abs()
    if difference.max() <= TOLERANCE:
        return given
    i, j = divmod(int(difference.argmax()), len(graph.labels))
    raise InputError(
        f"the given graph is not the checkpoint's: {int((difference > TOLERANCE).sum())} weights differ",
        where=f"weight of the edge {graph.labels[j]!r} -> {graph.labels[i]!r}: {given.adjacency()[i, j]:.6g}",
        expected=f"{graph.adjacency()[i, j]:.6g}, as in the checkpoint (D^-1/2 Aᵀ D^-1/2)",
        fix="omit --graph to use the checkpoint's graph, or build it with the convention of the code "
        "(emotion-gcn-code, ml-gcn-code) and the p of that training",
    )
