"""Row, column or symmetric normalisation."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.errors import InputError, closest
from gcnlabel.transforms.label_transform import LabelTransform, sums


class Normalize(LabelTransform):
    """Normalise weights by absolute row or column sums.

    With D the diagonal of the sums of ``|A[i, j]|`` over each row i: ``"row"`` gives ``D^-1 A``, ``"sym"`` gives
    ``D^-1/2 A D^-1/2``; ``"column"`` gives ``A C^-1`` with C the column sums. A sum of 0 is left as 0, never NaN.

    Args:
        mode: ``"row"``, ``"column"`` or ``"sym"``.

    Raises:
        InputError: The mode is unknown.

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> graph = LabelGraph.from_dense([[0, 4, 4], [2, 0, 0], [0, 0, 0]], ["a", "b", "c"])
        >>> Normalize("row")(graph).adjacency().tolist()
        [[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """

    modes = ("row", "column", "sym")

    def __init__(self, mode: str) -> None:
        if mode not in self.modes:
            raise InputError(f"unknown mode {mode!r}", expected=" | ".join(self.modes), fix=closest(mode, self.modes))
        self.mode = mode

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the same edges with scaled weights."""
        source, target = graph.edge_index
        weight = graph.edge_weight
        side = source if self.mode == "column" else target
        total = sums(side, weight, graph.num_nodes)  # [L]
        total = torch.where(total > 0, total, torch.inf)  # a weight divided by it is 0
        if self.mode == "sym":
            return graph.edge_index, weight / total[target].sqrt() / total[source].sqrt()
        return graph.edge_index, weight / total[side]
