"""Selection of edges by a threshold."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from gcnlabel.transforms.label_transform import LabelTransform, share


class Threshold(LabelTransform):
    """Keep an edge iff its weight is at least tau: ``w >= tau`` (Emotion-GCN, Eq. 5).

    A negative weight is below every tau: take :class:`Absolute` first, or :class:`AbsoluteThreshold` to keep signs.
    Self-loops stay whatever their weight. A pair whose statistic is exactly 0 is never an edge, also at tau 0.

    Args:
        tau: Threshold in [0, 1]; 0.1 in the paper. Compared in the type of the weights: 0.7 keeps a float32 0.7.

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
        """Return the edges of at least weight tau, and self-loops."""
        return self._at_least(graph, graph.edge_weight)

    def _at_least(self, graph: Data, value: Tensor) -> tuple[Tensor, Tensor]:
        tau = torch.tensor(self.tau, dtype=value.dtype, device=value.device)
        keep = (value >= tau) | (graph.edge_index[0] == graph.edge_index[1])
        return graph.edge_index[:, keep], graph.edge_weight[keep]


class AbsoluteThreshold(Threshold):
    """Keep an edge, with its sign, iff ``|w| >= tau``.

    ``AbsoluteThreshold(tau)``, :class:`Sign`, ``Reweight(p)`` is the signed counterpart of Emotion-GCN's Eq. 5 and 6.

    Args:
        tau: Threshold in [0, 1].

    Raises:
        InputError: tau lies outside [0, 1].

    Example:
        >>> from gcnlabel.graph import LabelGraph
        >>> graph = LabelGraph.from_dense([[0, -0.5], [0.25, 0]], ["sad", "valence"])
        >>> AbsoluteThreshold(0.5)(graph).adjacency().tolist()
        [[0.0, -0.5], [0.0, 0.0]]
    """

    def edges(self, graph: Data) -> tuple[Tensor, Tensor]:
        """Return the edges of at least absolute weight tau, and self-loops."""
        return self._at_least(graph, graph.edge_weight.abs())
