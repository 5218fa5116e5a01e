"""Absolute values of weights."""

from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform


class Absolute(LabelTransform):
    """Replace each weight by its absolute value: ``w <- |w|`` (Emotion-GCN, Eq. 3).

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> Absolute()(LabelGraph.from_dense([[0, -0.5], [-0.5, 0]], ["sad", "valence"])).edge_weight.tolist()
        [0.5, 0.5]
    """

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the same edges with absolute weights."""
        return graph.edge_index, graph.edge_weight.abs()
