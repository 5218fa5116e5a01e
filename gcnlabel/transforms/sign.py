"""Signs of weights."""

from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform


class Sign(LabelTransform):
    """Replace each weight by its sign: ``w <- -1, 0 or +1``, the signed counterpart of :class:`Binarize`.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> Sign()(LabelGraph.from_dense([[0, -0.5], [0.25, 0]], ["sad", "valence"])).edge_weight.tolist()
        [-1.0, 1.0]
    """

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the same edges with weights -1, 0 and 1."""
        return graph.edge_index, graph.edge_weight.sign()
