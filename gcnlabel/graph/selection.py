"""Select nodes of a graph, in any order."""

from __future__ import annotations

import copy

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import select


def select_nodes(graph: Data, nodes: Tensor) -> Data:
    """Return the subgraph of some nodes, in the given order (``Data.subgraph`` sorts them).

    Args:
        graph: The graph; it is not changed.
        nodes: Distinct nodes, int64 [K].

    Example:
        >>> graph = Data(x=torch.tensor([[0], [1], [2]]), edge_index=torch.tensor([[0, 1], [2, 2]]))
        >>> found = select_nodes(graph, torch.tensor([2, 0]))
        >>> found.x.tolist(), found.edge_index.tolist()
        ([[2], [0]], [[1], [0]])
    """
    new = nodes.new_full((graph.num_nodes,), -1)
    new[nodes] = torch.arange(len(nodes), device=nodes.device)
    index = new[graph.edge_index]
    stay = (index >= 0).all(0)
    selected = copy.copy(graph)
    for key, value in graph._store.items():
        if graph.is_edge_attr(key):
            chosen = index if key == "edge_index" else value
            selected._store[key] = select(chosen, stay, dim=graph.__cat_dim__(key, value))
        elif graph.is_node_attr(key):
            selected._store[key] = select(value, nodes, dim=graph.__cat_dim__(key, value))
    selected.num_nodes = len(nodes)
    return selected
