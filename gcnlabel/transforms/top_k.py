"""Selection of the strongest neighbours of each label."""

from numbers import Integral

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.errors import InputError
from gcnlabel.transforms.label_transform import LabelTransform


class TopK(LabelTransform):
    """Keep at most the k in-neighbours of each label with the largest ``|w|``; on ties, the first labels.

    Self-loops are kept and do not count.

    Args:
        k: Number of neighbours, at least 1.

    Raises:
        InputError: k is not a whole number of at least 1.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> graph = LabelGraph.from_dense([[0, 0.25, 0.5], [0, 0, 0], [0, 0, 0]], ["a", "b", "c"])
        >>> TopK(1)(graph).adjacency()[0].tolist()
        [0.0, 0.0, 0.5]
    """

    def __init__(self, k: int) -> None:
        if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
            raise InputError(f"k = {k}", expected="a whole number of neighbours, at least 1")
        self.k: int = int(k)

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return each label's k strongest incoming edges."""
        source, target = graph.edge_index
        order = torch.arange(source.numel(), device=source.device)
        for key, descending in ((source, False), (graph.edge_weight.abs(), True), (target, False)):
            order = order[torch.argsort(key[order], stable=True, descending=descending)]
        order = order[source[order] != target[order]]
        first = torch.searchsorted(target[order].contiguous(), target[order].contiguous())
        rank = torch.arange(order.numel(), device=order.device) - first
        loops = (source == target).nonzero().flatten()
        keep = torch.cat([order[rank < self.k], loops]).sort().values
        return graph.edge_index[:, keep], graph.edge_weight[keep]
