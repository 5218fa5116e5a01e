"""Graph networks of PyTorch Geometric as backbones of graphs."""

from __future__ import annotations

from typing import Any

from pydantic import PositiveInt
from torch_geometric.nn import MLP, GINEConv, models
from torch_geometric.nn.models.basic_gnn import BasicGNN

from gcnlabel.nn.backbone import BACKBONES, Backbone, Shape, graphs_in
from gcnlabel.nn.graph_pooling import BATCH_NORM, Dropout, GraphPool, dividing, pooled


@BACKBONES.register("gin")
def gin(
    shape: Shape,
    *,
    hidden: PositiveInt = 128,
    layers: PositiveInt = 3,
    dropout: Dropout = 0.0,
    pool: GraphPool = "mean",
) -> Backbone:
    """Return a graph isomorphism network with batch norm (Xu et al., ICLR 2019).

    Features of edges, where there are any, are added to the messages (GINE; Hu et al., ICLR 2020).

    Args:
        shape: (D, A): number of features of a node, and of an edge.
        hidden: Width of the layers, and number of features of a graph.
        layers: Number of layers.
        dropout: Share of each layer's units left out in training.
        pool: Pooling of the nodes of a graph: mean, sum, max, or attention.

    Example:
        >>> gin((9, 3), hidden=32).out_features
        32
    """
    _, edge = graphs_in(shape, "gin")
    options: dict[str, Any] = {"dropout": dropout, **BATCH_NORM}
    if edge:
        return pooled(_GINE(hidden, hidden, layers, edge_dim=edge, **options), shape, hidden, pool, edges=True)
    return pooled(models.GIN(hidden, hidden, layers, **options), shape, hidden, pool)


@BACKBONES.register("gcn")
def gcn(
    shape: Shape,
    *,
    hidden: PositiveInt = 128,
    layers: PositiveInt = 3,
    dropout: Dropout = 0.0,
    pool: GraphPool = "mean",
) -> Backbone:
    """Return a graph convolutional network with batch norm (Kipf and Welling, ICLR 2017); it ignores features of edges.

    Args:
        shape: (D, A).
        hidden: Width of the layers, and number of features of a graph.
        layers: Number of layers.
        dropout: Share of each layer's units left out in training.
        pool: Pooling of the nodes of a graph.
    """
    graphs_in(shape, "gcn")
    return pooled(models.GCN(hidden, hidden, layers, dropout=dropout, **BATCH_NORM), shape, hidden, pool)


@BACKBONES.register("graphsage")
def graphsage(
    shape: Shape,
    *,
    hidden: PositiveInt = 128,
    layers: PositiveInt = 3,
    dropout: Dropout = 0.0,
    pool: GraphPool = "mean",
) -> Backbone:
    """Return GraphSAGE with batch norm (Hamilton et al., NeurIPS 2017), without features of edges.

    Args:
        shape: (D, A).
        hidden: Width of the layers, and number of features of a graph.
        layers: Number of layers.
        dropout: Share of each layer's units left out in training.
        pool: Pooling of the nodes of a graph.
    """
    graphs_in(shape, "graphsage")
    return pooled(models.GraphSAGE(hidden, hidden, layers, dropout=dropout, **BATCH_NORM), shape, hidden, pool)


@BACKBONES.register("gat")
def gat(
    shape: Shape,
    *,
    hidden: PositiveInt = 128,
    layers: PositiveInt = 3,
    heads: PositiveInt = 4,
    dropout: Dropout = 0.0,
    pool: GraphPool = "mean",
) -> Backbone:
    """Return a graph attention network, GATv2, with batch norm (Brody et al., ICLR 2022).

    Args:
        shape: (D, A).
        hidden: Width of the layers, all heads together, and number of features of a graph.
        layers: Number of layers.
        heads: Number of attention heads; it divides ``hidden``.
        dropout: Share of each layer's units, and of the attention weights, left out in training.
        pool: Pooling of the nodes of a graph.

    Raises:
        InputError: ``heads`` does not divide ``hidden``.
    """
    _, edge = graphs_in(shape, "gat")
    options: dict[str, Any] = {
        "heads": dividing(heads, hidden, "heads"),
        "v2": True,
        "edge_dim": edge or None,
        **BATCH_NORM,
    }
    network = models.GAT(hidden, hidden, layers, dropout=dropout, **options)
    return pooled(network, shape, hidden, pool, edges=edge > 0)


class _GINE(BasicGNN):  # type: ignore[misc]
    supports_edge_weight = False
    supports_edge_attr = True

    def init_conv(self, in_channels: int, out_channels: int, **options: Any) -> GINEConv:
        sizes = [in_channels, out_channels, out_channels]
        return GINEConv(MLP(sizes, act=self.act, norm=self.norm, norm_kwargs=self.norm_kwargs), **options)
