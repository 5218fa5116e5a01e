"""A propagation matrix Â with learned weights on the edges of the statistics."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gcnlabel.nn.adjacency.fixed import ADJACENCIES, Adjacency


@ADJACENCIES.register("learned")
class LearnedAdjacency(Adjacency):
    """Â with a learned factor e^θ for each edge, and constant absolute row sums.

    ``Â'[i, j] = s_i Â[i, j] e^θ_ij / Σ_k |Â[i, k]| e^θ_ik``, with ``s_i = Σ_k |Â[i, k]|`` and θ = 0 at the start, where
    Â' is Â. Self-loops are edges like the others. It follows that

    - the edges and their signs are constant: a weight may approach 0, but no edge changes its sign or is added. The
      statistics decide which labels are connected and with which sign, and only the sizes are learned; free signs
      would pass through rows of zeros, which cannot be rescaled to their sum.
    - absolute row sums do not change, and a label with only a self-loop keeps it with its weight.
    - weight decay pulls the weights towards the statistics.

    Edges with weight 0 stay 0 and get no gradient.

    Args:
        edge_index: Source and target of each edge [2, E]: j -> i for Â[i, j].
        edge_weight: Weight of each edge [E], where learning starts.
        size: Number of labels, L.

    Attributes:
        log_factor: θ [E], in the order of ``source`` and ``value``.

    Example:
        >>> adjacency = LearnedAdjacency(torch.tensor([[0, 1], [0, 0]]), torch.tensor([0.5, -0.5]), 2)
        >>> adjacency.dense().tolist()
        [[0.5, -0.5], [0.0, 0.0]]
        >>> adjacency.log_factor.data = torch.tensor([3.0, 1.0]).log()
        >>> adjacency.dense().round(decimals=4).tolist()
        [[0.75, -0.25], [0.0, 0.0]]
    """

    def __init__(self, edge_index: Tensor, edge_weight: Tensor, size: int) -> None:
        super().__init__(edge_index, edge_weight, size)
        self.log_factor = nn.Parameter(torch.zeros_like(self.value))

    @property
    def is_constant(self) -> bool:
        """False: its weights change with every step."""
        return False

    @property
    def edge_weight(self) -> Tensor:
        """Current weight of each edge [E], with gradients to θ."""
        target = self.target
        theta = self.log_factor.masked_fill(self.value == 0, -torch.inf)
        factor = (theta - self._largest(theta.detach(), target)[target]).exp()
        start = self.value.abs()
        total = self._of_rows(start * factor, target)
        scale = self._of_rows(start, target) / torch.where(total > 0, total, 1)
        return self.value * factor * scale[target]

    def dense(self) -> Tensor:
        """Return Â as a dense tensor [L, L], with gradients to θ."""
        entry = self.target * self.size + self.source
        return self.value.new_zeros(self.size**2).scatter(0, entry, self.edge_weight).view(self.size, self.size)

    @torch.no_grad()
    def inherit(self, trained: Adjacency, place: Tensor) -> None:
        """Copy the factors of another Â's edges; edges that it lacks have factor 1, the weight of the statistics.

        A factor is the ratio ``Â'[i, j] / Â[i, j]``: θ itself is only defined up to a constant in each row.
        """
        ours = self.target * self.size + self.source  # ascending
        theirs = place[trained.target] * self.size + place[trained.source]
        kept = (trained.value != 0) & torch.isin(theirs, ours)
        factor = trained.edge_weight[kept] / trained.value[kept]
        entry = torch.searchsorted(ours, theirs[kept])
        self.log_factor[entry] = factor.clamp(min=torch.finfo(factor.dtype).tiny).log().to(self.value)

    def _of_rows(self, values: Tensor, target: Tensor) -> Tensor:
        return values.new_zeros(self.size).scatter_add(0, target, values)

    def _largest(self, theta: Tensor, target: Tensor) -> Tensor:
        """Return the largest θ of the edges of each row [L], which keeps e^θ finite; 0 in a row without edges."""
        largest = theta.new_full((self.size,), -torch.inf).scatter_reduce(0, target, theta, "amax")
        return torch.where(largest.isinf(), 0, largest)
