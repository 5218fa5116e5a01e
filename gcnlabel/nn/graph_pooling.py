"""Networks from graphs to features: a node encoder, a graph network, and a pooling over each graph."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch_geometric.nn import aggr

from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import Backbone, Shape

Dropout = Annotated[float, Field(ge=0, lt=1)]
BATCH_NORM: dict[str, Any] = {"norm": "batch_norm", "norm_kwargs": {"allow_single_element": True}}
"""Batch norm that leaves a batch of one node unchanged."""
GraphPool = Literal["mean", "sum", "max", "attention"]


class GraphNetwork(nn.Module):
    """A linear encoder of nodes, a network of :mod:`torch_geometric.nn`, and a pooling over each graph.

    Args:
        network: Called with ``x`` [V, hidden], ``edge_index`` [2, E] and, where ``edges`` is true, ``edge_attr``
            [E, A]; returns [V, hidden].
        in_features: Number of features of a node, D.
        hidden: Width.
        pool: ``mean``, ``sum`` or ``max`` of the nodes, or ``attention``: their mean weighted by a learned softmax
            (Li et al., ICLR 2016).
        edges: Whether the network takes features of edges.
    """

    def __init__(
        self, network: nn.Module, in_features: int, hidden: int, pool: GraphPool = "mean", *, edges: bool = False
    ) -> None:
        super().__init__()
        self.encoder = nn.Linear(in_features, hidden)
        self.network = network
        self.pool = aggr.AttentionalAggregation(nn.Linear(hidden, 1)) if pool == "attention" else POOLS[pool]()
        self.edges = edges

    def forward(self, graphs: Any) -> Tensor:
        """Return the features of each graph of a batch of PyTorch Geometric, [B, hidden]."""
        x, edge_attr = features_of(graphs, self.encoder.weight.dtype)
        of_nodes = self.network(self.encoder(x), graphs.edge_index, **({"edge_attr": edge_attr} if self.edges else {}))
        pooled: Tensor = self.pool(of_nodes, graphs.batch, dim_size=graphs.num_graphs)
        return pooled


POOLS: dict[str, type[nn.Module]] = {
    "mean": aggr.MeanAggregation,
    "sum": aggr.SumAggregation,
    "max": aggr.MaxAggregation,
}


def features_of(graphs: Any, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return the features of nodes and edges of a batch of graphs, in the precision of a network.

    Raises:
        InputError: The inputs are a tensor, or a single graph.
    """
    if getattr(graphs, "batch", None) is None:
        raise InputError(
            f"inputs that are a {type(graphs).__name__}",
            expected="a torch_geometric.data.Batch",
            fix="torch_geometric.loader.DataLoader makes them; of one graph, Batch.from_data_list([graph])",
        )
    x = graphs.x.to(dtype)
    edge_attr = x.new_empty(graphs.edge_index.shape[1], 0) if graphs.edge_attr is None else graphs.edge_attr.to(dtype)
    return x, edge_attr


def pooled(
    network: nn.Module,
    shape: Shape,
    hidden: int,
    pool: GraphPool,
    *,
    edges: bool = False,
    kind: type[GraphNetwork] = GraphNetwork,
) -> Backbone:
    """Return a network over nodes as a backbone of graphs; see :class:`GraphNetwork`."""
    return Backbone(kind(network, shape[0], hidden, pool, edges=edges), hidden)


def dividing(parts: int, hidden: int, name: str) -> int:
    """Return a number of parts that divides a width.

    Raises:
        InputError: It does not.
    """
    if hidden % parts:
        raise InputError(f"model.backbone: hidden {hidden} in {parts} {name}", expected=f"{name} that divide hidden")
    return parts
