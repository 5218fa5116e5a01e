"""The propagation matrix Â as layers want it: a sparse CSR tensor whose row is the receiving label."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn

with warnings.catch_warnings():  # PyTorch says once a process that CSR is "in beta state"; said here, to nobody
    warnings.simplefilter("ignore")
    torch.sparse_csr_tensor(torch.tensor([0, 0]), torch.tensor([], dtype=torch.int64), torch.tensor([]), (1, 1))


def sparse_adjacency(edge_index: Tensor, edge_weight: Tensor, size: int) -> Tensor:
    """Return Â as a sparse CSR tensor [L, L] (PyG's ``adj_t``); weights of the same edge are added.

    Args:
        edge_index: Source and target of each edge [2, E]: j -> i for Â[i, j].
        edge_weight: Weight of each edge [E].
        size: Number of labels, L.

    Example:
        >>> sparse_adjacency(torch.tensor([[1], [0]]), torch.tensor([0.5]), 2).to_dense().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
    """
    coo = torch.sparse_coo_tensor(edge_index.flip(0), edge_weight, (size, size), check_invariants=True)
    return coo.coalesce().to_sparse_csr()


class Adjacency(nn.Module):
    """Â as buffers: saved with the model, moved and cast with it, and dense, as distributed training wants them.

    The CSR tensor is put together from them at every call, which costs microseconds and copies nothing.

    Args:
        edge_index: Source and target of each edge [2, E]: j -> i for Â[i, j].
        edge_weight: Weight of each edge [E].
        size: Number of labels, L.

    Attributes:
        first: Where each row starts in ``source`` and ``value``, int32 [L + 1].
        source: Column of each entry: the label that is listened to, int32 [E].
        value: Â[i, j], [E].

    Example:
        >>> adjacency = Adjacency(torch.tensor([[1], [0]]), torch.tensor([0.5]), 2)
        >>> adjacency().to_dense().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
        >>> adjacency.edge_index.tolist(), adjacency.edge_weight.tolist()
        ([[1], [0]], [0.5])
    """

    first: Tensor
    source: Tensor
    value: Tensor

    def __init__(self, edge_index: Tensor, edge_weight: Tensor, size: int) -> None:
        super().__init__()
        csr = sparse_adjacency(edge_index, edge_weight, size)
        self.size = size
        self.register_buffer("first", csr.crow_indices().int())  # the sparse product is 1.7x faster with int32
        self.register_buffer("source", csr.col_indices().int())
        self.register_buffer("value", csr.values().clone())

    def forward(self) -> Tensor:
        """Return Â as a sparse CSR tensor [L, L]."""
        return torch.sparse_csr_tensor(self.first, self.source, self.value, (self.size, self.size))

    @property
    def edge_index(self) -> Tensor:
        """Source and target of each edge, int64 [2, E]."""
        row = torch.arange(self.size, device=self.first.device)
        target = row.repeat_interleave(self.first.diff(), output_size=self.value.numel())
        return torch.stack([self.source.long(), target])

    @property
    def edge_weight(self) -> Tensor:
        """Weight of each edge [E]."""
        return self.value

    def extra_repr(self) -> str:
        """Return the size of the graph."""
        return f"labels={self.size}, edges={self.value.numel()}"
