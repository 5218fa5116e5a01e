"""Attentive FP as a backbone of graphs."""

from __future__ import annotations

from typing import Any

from pydantic import PositiveInt
from torch import Tensor, nn
from torch_geometric.nn import models

from gcnlabel.nn.backbone import BACKBONES, Backbone, Shape, graphs_in
from gcnlabel.nn.graph_pooling import Dropout, features_of


@BACKBONES.register("attentivefp")
def attentivefp(
    shape: Shape,
    *,
    hidden: PositiveInt = 128,
    layers: PositiveInt = 3,
    timesteps: PositiveInt = 2,
    dropout: Dropout = 0.0,
) -> Backbone:
    """Return Attentive FP (Xiong et al., J. Med. Chem. 2020), with its own attention pooling.

    Args:
        shape: (D, A).
        hidden: Width of the layers, and number of features of a graph.
        layers: Number of layers.
        timesteps: Number of steps in which the features of a graph are refined.
        dropout: Share of units, and of attention weights, left out in training.
    """
    node, edge = graphs_in(shape, "attentivefp")
    network = models.AttentiveFP(node, hidden, hidden, edge, layers, timesteps, dropout)
    return Backbone(_AttentiveFP(network), hidden)


class _AttentiveFP(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, graphs: Any) -> Tensor:
        x, edge_attr = features_of(graphs, next(self.parameters()).dtype)
        features: Tensor = self.network(x, graphs.edge_index, edge_attr, graphs.batch)
        return features
