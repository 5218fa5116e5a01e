"""Which pairs of labels are neighbours."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform, share


class Threshold(LabelTransform):
    """Keep an edge iff its weight is at least tau: ``w >= tau`` (Emotion-GCN, Eq. 5).

    Self-loops stay whatever their weight. A pair whose statistic is exactly 0 is no edge to begin with, also at tau 0.

    Args:
        tau: Threshold in [0, 1]; 0.1 in the paper.

    Raises:
        InputError: tau lies outside [0, 1].

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> graph = LabelGraph.from_dense([[0, 0.1], [0.09, 0]], ["cat", "dog"])
        >>> Threshold(0.1)(graph).adjacency().count_nonzero().item()
        1
    """

    def __init__(self, tau: float) -> None:
        self.tau = share("tau", tau)

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the edges that are strong enough."""
        weight = graph.edge_weight
        tau = torch.tensor(self.tau, dtype=weight.dtype, device=weight.device)  # 0.7 in float32 meets 0.7 in float32
        keep = (weight >= tau) | (graph.edge_index[0] == graph.edge_index[1])
        return graph.edge_index[:, keep], weight[keep]
