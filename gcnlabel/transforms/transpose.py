"""Exchange of source and receiving labels."""

from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform


class Transpose(LabelTransform):
    """Reverse every edge: ``A <- Aᵀ``, as both released codes do.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> Transpose()(LabelGraph.from_dense([[0, 0.5], [0, 0]], ["cat", "dog"])).adjacency().tolist()
        [[0.0, 0.0], [0.5, 0.0]]
    """

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the reversed edges."""
        return graph.edge_index.flip(0), graph.edge_weight
