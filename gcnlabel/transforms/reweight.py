"""Weights of a label's self-loop and of its neighbours."""

import warnings
from collections.abc import Mapping

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.errors import InputError, IsolatedLabelWarning, NoEdgeError, shorten
from gcnlabel.transforms.label_transform import LabelTransform, share, sums, with_loops, without_loops


class Reweight(LabelTransform):
    """Give neighbours the total weight p and the self-loop 1 - p (Emotion-GCN, Eq. 6; ML-GCN, Eq. 8).

    ``Â[i, j] = p w_ij / sum_j |w_ij|`` for the neighbours j of i and ``Â[i, i] = 1 - p``. With weights of 1 this is
    ``p / number of neighbours``, as in the papers; weights of both signs give absolute row sums of 1. Existing
    self-loops are replaced. A label with no neighbour keeps only its self-loop, with weight 1, and an
    :class:`~gcnlabel.errors.IsolatedLabelWarning` names it; the formula of the papers would divide by zero there.

    Args:
        p: Total weight of the neighbours, in [0, 1]; 0.7 in Emotion-GCN, 0.2 in ML-GCN. Or a mapping of task -> p:
            labels of a task with few annotations may need a higher one.

    Raises:
        InputError: p lies outside [0, 1]; or (when applied) no label has a neighbour, or p names other tasks than the
            graph has.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> graph = LabelGraph.from_dense([[0, 1, 1], [1, 0, 0], [1, 0, 0]], ["valence", "sad", "happy"])
        >>> Reweight(0.5)(graph).adjacency().tolist()
        [[0.5, 0.25, 0.25], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]
    """

    def __init__(self, p: float | Mapping[str, float]) -> None:
        self.p = {t: share(f"p of {t}", of) for t, of in p.items()} if isinstance(p, Mapping) else share("p", p)

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the re-weighted edges with one self-loop per label."""
        edge_index, weight = without_loops(graph)
        _refuse_no_edge(graph, weight)
        p = self._of_labels(graph).to(weight)  # [L]
        total = sums(edge_index[1], weight, graph.num_nodes)  # [L]
        isolated = total == 0
        _warn_isolated(graph, isolated)
        loops = torch.where(isolated, torch.ones_like(total), 1 - p)
        total = torch.where(isolated, torch.ones_like(total), total)  # an edge of weight 0 stays 0
        target = edge_index[1]
        return with_loops(edge_index, p[target] * (weight / total[target]), loops)  # p w may underflow

    def _of_labels(self, graph: Data) -> Tensor:
        """Return p of each label [L]."""
        if not isinstance(self.p, dict):
            return torch.full((graph.num_nodes,), self.p, dtype=torch.float64)
        tasks = list(getattr(graph, "tasks", None) or [])
        if sorted(self.p) != sorted(task.name for task in tasks):
            names = [task.name for task in tasks]
            raise InputError(f"p of {shorten(self.p)}", expected=f"p of each task: {shorten(names)}")
        return torch.cat([torch.full((len(task),), self.p[task.name], dtype=torch.float64) for task in tasks])


class ColumnReweight(LabelTransform):
    """Re-weight as the released ML-GCN code: normalise columns, and add self-loops of weight 1.

    ``Â[i, j] = p w_ij / (sum_i w_ij + 1e-6)`` for i != j and ``Â[i, i] = 1``.

    Args:
        p: Total weight of the edges from one source label; 0.25 in that code.

    Raises:
        InputError: p lies outside [0, 1], or (when applied) no label has a neighbour.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> graph = LabelGraph.from_dense([[0, 1], [0, 0]], ["cat", "dog"])
        >>> ColumnReweight(0.25)(graph).adjacency().round(decimals=5).tolist()
        [[1.0, 0.25], [0.0, 1.0]]
    """

    def __init__(self, p: float) -> None:
        self.p = share("p", p)

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the re-weighted edges with one self-loop per label."""
        edge_index, weight = without_loops(graph)
        _refuse_no_edge(graph, weight)
        total = sums(edge_index[0], weight, graph.num_nodes) + 1e-6  # [L], by source label
        return with_loops(edge_index, self.p * weight / total[edge_index[0]], torch.ones_like(total))


def _refuse_no_edge(graph: Data, weight: Tensor) -> None:
    if not weight.any():
        raise NoEdgeError(
            f"no label has a neighbour: all {graph.num_nodes} are isolated",
            expected="at least one edge",
            fix="lower tau (see gcnlabel inspect-graph --tau-sweep) or choose other statistics",
        )


def _warn_isolated(graph: Data, isolated: Tensor) -> None:
    labels = getattr(graph, "labels", None) or range(graph.num_nodes)
    names = [label for label, alone in zip(labels, isolated.tolist(), strict=True) if alone]
    if names:
        text = f"{len(names)} isolated label(s) keep only their self-loop: {shorten(names)}"
        warnings.warn(text, IsolatedLabelWarning, stacklevel=5)  # where the transform is called
