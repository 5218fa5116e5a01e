"""Base class of the transforms of a label graph."""

from __future__ import annotations

import inspect
import math
from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform

from gcnlabel.errors import InputError


class LabelTransform(BaseTransform):  # type: ignore[misc]
    """A PyG transform that computes new edges and weights of a label graph.

    The input is never changed. Name and parameters are appended to ``graph.history["transforms"]``.

    Raises:
        InputError: (when applied) The graph has no ``edge_weight``: weights under another name would be ignored.
    """

    def forward(self, graph: Data) -> Data:
        """Return the graph with new edges; ``graph`` is PyG's shallow copy of the caller's."""
        for name in ("edge_index", "edge_weight"):
            if getattr(graph, name, None) is None:
                raise InputError(f"{type(self).__name__}: the graph has no {name}", expected="edge_index, edge_weight")
        graph.edge_index, graph.edge_weight = self.edges(graph)
        history = getattr(graph, "history", None) or {}
        graph.history = {**history, "transforms": [*history.get("transforms", []), self.describe()]}
        return graph

    @abstractmethod
    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the new ``edge_index`` [2, E] and ``edge_weight`` [E]."""

    def describe(self) -> dict[str, Any]:
        """Return name and parameters as plain values."""
        names = inspect.signature(type(self).__init__).parameters
        return {"name": type(self).__name__, **{n: getattr(self, n) for n in names if hasattr(self, n)}}

    def __repr__(self) -> str:
        """Return the call that makes this transform."""
        name, *parameters = self.describe().items()
        return f"{name[1]}({', '.join(f'{key}={value!r}' for key, value in parameters)})"


def share(name: str, value: Any) -> float:
    """Return ``value`` as a float in [0, 1].

    Raises:
        InputError: It is outside [0, 1], or no number.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:  # false for NaN
        raise InputError(f"{name} = {value}", expected="a number in [0, 1]")
    return number


def without_loops(graph: Data) -> tuple[Tensor, Tensor]:
    """Return the edges between different labels."""
    keep = graph.edge_index[0] != graph.edge_index[1]
    return graph.edge_index[:, keep], graph.edge_weight[keep]


def sums(index: Tensor, weight: Tensor, size: int) -> Tensor:
    """Return the sum of ``|weight|`` [E] for each label of ``index`` [E], [L]."""
    return weight.new_zeros(size).index_add_(0, index, weight.abs())


def with_loops(edge_index: Tensor, edge_weight: Tensor, loops: Tensor) -> tuple[Tensor, Tensor]:
    """Append one self-loop per label with the weights ``loops`` [L]."""
    node = torch.arange(loops.numel(), device=edge_index.device)
    return torch.cat([edge_index, node.expand(2, -1)], dim=1), torch.cat([edge_weight, loops])
