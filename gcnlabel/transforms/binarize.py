"""Edges of weight 1."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform


class Binarize(LabelTransform):
    """Give every remaining edge the weight 1 (Emotion-GCN, Eq. 5; ML-GCN, Eq. 7).

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> Binarize()(LabelGraph.from_dense([[0, 0.5], [0.25, 0]], ["cat", "dog"])).edge_weight.tolist()
        [1.0, 1.0]
    """

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the same edges with weight 1."""
        return graph.edge_index, torch.ones_like(graph.edge_weight)
