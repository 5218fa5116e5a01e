"""A propagation matrix without edges between labels, as a control and as a base model of ensembles."""

from __future__ import annotations

import torch
from torch import Tensor

from gcnlabel.nn.adjacency.fixed import ADJACENCIES, Adjacency


@ADJACENCIES.register("self-loops")
class SelfLoops(Adjacency):
    """Â = I for any edges: labels share only the generator.

    Args:
        edge_index: Not used.
        edge_weight: Weights [E], whose type and device Â has.
        size: Number of labels, L.

    Example:
        >>> SelfLoops(torch.tensor([[1], [0]]), torch.tensor([0.5]), 2).dense().tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, edge_index: Tensor, edge_weight: Tensor, size: int) -> None:
        labels = torch.arange(size, device=edge_index.device)
        super().__init__(torch.stack([labels, labels]), edge_weight.new_ones(size), size)
