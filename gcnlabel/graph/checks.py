"""Invariants of a label graph, which PyG's transforms may break."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import TaskSet

if TYPE_CHECKING:
    from gcnlabel.graph.label_nodes import LabelNodes


def check_edges(graph: LabelNodes) -> None:
    """Check that a graph has edges between its nodes, each with one ``edge_weight`` and no other attribute.

    Raises:
        InputError: They are missing or malformed; the message names transforms that cause this.
    """
    if graph.edge_index is None:
        fix = "leave out transforms that replace it (ToSparseTensor, ToDense): heads make Â sparse themselves"
        raise InputError("the graph has no edge_index", expected="edge_index [2, E], edge_weight [E]", fix=fix)
    if not graph.has_weights():
        raise InputError(
            f"{graph.edge_index.shape[1]} edges without weights of their own",
            expected="edge_weight [E], set after edge_index: weights of earlier edges do not count",
            fix="set graph.edge_weight, or leave out transforms that do not set it (GDC, KNNGraph, LineGraph, TwoHop)",
        )
    if graph.edge_attr is not None:
        fix = "leave out the transform that makes it, or put the weights into edge_weight and set edge_attr to None"
        raise InputError("edge_attr beside edge_weight", expected="weights only as edge_weight", fix=fix)
    if graph.edge_index.numel() and int(graph.edge_index.max()) >= (graph.num_nodes or 0):
        raise InputError(
            f"edges beyond the {graph.num_nodes} labels", fix="leave out transforms that add nodes (HalfHop)"
        )


def check_names(ours: Sequence[str], theirs: Sequence[str]) -> None:
    """Check that a graph has the labels of some tasks, in their order.

    Raises:
        InputError: Names or order differ.
    """
    if tuple(ours) == tuple(theirs):
        return
    if set(ours) == set(theirs):
        i = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
        raise InputError(
            f"graph and tasks order their labels differently: node {i} is {ours[i]!r}, label {i} is {theirs[i]!r}",
            fix="graph.reorder(tasks), or build the graph from these tasks",
        )
    raise InputError(
        "graph and tasks do not match",
        where=f"only in the graph: {shorten(sorted(set(ours) - set(theirs))) or 'none'}; "
        f"only in the tasks: {shorten(sorted(set(theirs) - set(ours))) or 'none'}",
        expected="the same labels in the same order",
        fix="build the graph from these tasks",
    )


def finite_matrix(matrix: npt.NDArray[Any], tasks: TaskSet) -> Tensor:
    """Return a matrix [L, L] as a tensor, after checking it.

    Raises:
        InputError: It has another shape, or holds NaN or infinity.
    """
    statistic, size = torch.as_tensor(matrix), tasks.num_labels
    if statistic.shape != (size, size):
        raise InputError(f"a matrix of shape {list(statistic.shape)}", expected=f"[{size}, {size}], one row per label")
    if not torch.isfinite(statistic).all():
        row, column = (~torch.isfinite(statistic)).nonzero()[0].tolist()
        raise InputError(
            f"the matrix holds {statistic[row, column].item()}",
            where=f"row {tasks.labels[row]!r}, column {tasks.labels[column]!r}",
            expected="finite numbers",
        )
    return statistic
