"""Principal neighbourhood aggregation as a backbone of graphs."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import PositiveInt
from torch_geometric.nn import models
from torch_geometric.nn.aggr import DegreeScalerAggregation

from gcnlabel.nn.backbone import BACKBONES, Backbone, Shape, graphs_in
from gcnlabel.nn.graph_pooling import BATCH_NORM, Dropout, GraphNetwork, GraphPool, dividing, pooled


@BACKBONES.register("pna")
def pna(
    shape: Shape,
    *,
    hidden: PositiveInt = 128,
    layers: PositiveInt = 3,
    towers: PositiveInt = 4,
    dropout: Dropout = 0.0,
    pool: GraphPool = "mean",
) -> Backbone:
    """Return principal neighbourhood aggregation with batch norm (Corso et al., NeurIPS 2020).

    Mean, minimum, maximum and deviation of the messages, scaled by the degree of the node over that of the training
    split, which is measured there and saved with the run.

    Args:
        shape: (D, A).
        hidden: Width of the layers, and number of features of a graph.
        layers: Number of layers.
        towers: Number of parts of the features with messages of their own; it divides ``hidden``.
        dropout: Share of each layer's units left out in training.
        pool: Pooling of the nodes of a graph.

    Raises:
        InputError: ``towers`` does not divide ``hidden``.
    """
    _, edge = graphs_in(shape, "pna")
    options: dict[str, Any] = {
        "aggregators": ["mean", "min", "max", "std"],
        "scalers": ["identity", "amplification", "attenuation"],
        "deg": torch.tensor([0, 1]),  # until the training split is known
        "towers": dividing(towers, hidden, "towers"),
        "edge_dim": edge or None,
        **BATCH_NORM,
    }
    network = models.PNA(hidden, hidden, layers, dropout=dropout, **options)
    return pooled(network, shape, hidden, pool, edges=edge > 0, kind=_DegreeScaled)


class _DegreeScaled(GraphNetwork):
    def fit(self, graphs: Any) -> None:
        """Measure the degrees of the training graphs."""
        linear, log = graphs.mean_degrees()
        for module in self.modules():
            if isinstance(module, DegreeScalerAggregation):
                module.init_avg_deg_lin, module.init_avg_deg_log = linear, log
                module.avg_deg_lin.fill_(linear)
                module.avg_deg_log.fill_(log)
