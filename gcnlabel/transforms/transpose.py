"""Who listens becomes who is listened to."""

from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform


class Transpose(LabelTransform):
    """Turn every edge around: ``A <- Aᵀ``, as both released codes do.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> Transpose()(LabelGraph.from_dense([[0, 0.5], [0, 0]], ["cat", "dog"])).adjacency().tolist()
        [[0.0, 0.0], [0.5, 0.0]]
    """

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the edges turned around."""
        return graph.edge_index.flip(0), graph.edge_weight
