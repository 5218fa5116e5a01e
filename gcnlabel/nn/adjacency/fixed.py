"""The propagation matrix Â in the form that layers need: sparse rows, one for each receiving label."""

from __future__ import annotations

from typing import Annotated, Any

import torch
from torch import Tensor, nn

from gcnlabel.nn.sparse import Pattern, product
from gcnlabel.registry import Registry

ADJACENCIES = Registry("kind of edges", "gcnlabel.nn.adjacency")
"""Functions ``(edge_index, edge_weight, number of labels, *, options) -> Adjacency``, by name."""
Edges = Annotated[Any, ADJACENCIES]

MAX_DENSE = 128
"""Number of labels up to which a dense product is faster than a sparse one, for any number of edges."""


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


@ADJACENCIES.register("fixed")
class Adjacency(nn.Module):
    """Â as buffers, which are saved, moved and cast with the model; dense tensors, as distributed training requires.

    Args:
        edge_index: Source and target of each edge [2, E]: j -> i for Â[i, j].
        edge_weight: Weight of each edge [E].
        size: Number of labels, L.

    Attributes:
        first: Where each row starts in ``source`` and ``value``, int32 [L + 1].
        source: Column of each entry: the source label, int32 [E].
        value: Â[i, j], [E].

    Example:
        >>> adjacency = Adjacency(torch.tensor([[1], [0]]), torch.tensor([0.5]), 2)
        >>> adjacency().to_dense().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
        >>> adjacency.propagate(torch.tensor([[1.0], [4.0]])).tolist()
        [[2.0], [0.0]]
        >>> adjacency.edge_index.tolist(), adjacency.edge_weight.tolist()
        ([[1], [0]], [0.5])
    """

    first: Tensor
    source: Tensor
    value: Tensor
    _dense: Tensor | None

    def __init__(self, edge_index: Tensor, edge_weight: Tensor, size: int) -> None:
        super().__init__()
        csr = sparse_adjacency(edge_index, edge_weight, size)
        self.size = size
        self.register_buffer("first", csr.crow_indices().int())  # the sparse product is 1.7x faster with int32
        self.register_buffer("source", csr.col_indices().int())
        self.register_buffer("value", csr.values().clone())
        for name in (*_SORTED, "_dense"):
            self.register_buffer(name, None, persistent=False)
        _derive(self)
        self.register_load_state_dict_post_hook(_derive)

    def forward(self) -> Tensor:
        """Return Â as a sparse CSR tensor [L, L]."""
        return torch.sparse_csr_tensor(self.first, self.source, self.edge_weight, (self.size, self.size))

    def dense(self) -> Tensor:
        """Return Â as a dense tensor [L, L]."""
        return self.forward().to_dense() if self._dense is None else self._dense

    def propagate(self, x: Tensor) -> Tensor:
        """Return Â x [L, K] for x [L, K], with gradients to x."""
        return self.dense() @ x if self.is_small else product(self.pattern, self.edge_weight, x)

    def inherit(self, trained: Adjacency, place: Tensor) -> None:
        """Copy the learned weights of another Â; constant weights are not copied.

        Args:
            trained: The other Â, over some of the labels.
            place: Position of each of its labels here, int64 [its L].
        """

    def propagate_to(self, labels: Tensor) -> tuple[Tensor, Pattern, Tensor]:
        """Return the operands of a product with some rows: ``Â[labels] x = product(pattern, value, x[sources])``.

        Args:
            labels: The receiving labels, int64 [K].

        Returns:
            Their distinct in-neighbours ``sources``, int64 [S]; the pattern [K, S]; its values.
        """
        start, count = self.first[labels].long(), self.first.diff()[labels].long()
        first = torch.cat([count.new_zeros(1), count.cumsum(0)])
        entry = torch.arange(int(first[-1]), device=labels.device)
        entry = entry + (start - first[:-1]).repeat_interleave(count, output_size=len(entry))
        sources, column = self.source[entry].unique(return_inverse=True)
        return sources.long(), Pattern.of(first.int(), column.int(), len(sources)), self.edge_weight[entry]

    @property
    def is_small(self) -> bool:
        """Whether a dense product is faster than a sparse one."""
        return self.size <= MAX_DENSE

    @property
    def is_constant(self) -> bool:
        """Whether Â is constant, so that propagated embeddings can be cached."""
        return True

    def is_whole(self) -> bool:
        """Whether the buffers are consistent.

        They are not while a checkpoint of another graph is loaded (and then refused), nor after ``.to("meta")`` or
        ``.to_empty(...)``.
        """
        if self.first.is_meta or not int(self.first[-1]) == len(self.source) == len(self.value):
            return False
        return bool((self.first.diff() >= 0).all() and ((self.source >= 0) & (self.source < self.size)).all())

    @property
    def pattern(self) -> Pattern:
        """Positions of the entries of Â."""
        return Pattern(*(self.get_buffer(name) for name in ("first", "source", *_SORTED)))

    @property
    def target(self) -> Tensor:
        """Row of each entry: the receiving label, int64 [E]."""
        row = torch.arange(self.size, device=self.first.device)
        return row.repeat_interleave(self.first.diff(), output_size=self.value.numel())

    @property
    def edge_index(self) -> Tensor:
        """Source and target of each edge, int64 [2, E]."""
        return torch.stack([self.source.long(), self.target])

    @property
    def edge_weight(self) -> Tensor:
        """Weight of each edge [E]."""
        return self.value

    def extra_repr(self) -> str:
        """Return the size of the graph."""
        return f"labels={self.size}, edges={self.value.numel()}"


_SORTED = tuple(f"_{name}" for name in Pattern._fields[2:])


def _derive(adjacency: Adjacency, _: Any = None) -> None:
    """Compute what depends on the saved buffers: the entries column by column, and the dense Â where it is small."""
    if not adjacency.is_whole():
        return
    pattern = Pattern.of(adjacency.first, adjacency.source, adjacency.size)
    for name, tensor in zip(_SORTED, pattern[2:], strict=True):
        setattr(adjacency, name, tensor)
    adjacency._dense = adjacency().to_dense() if adjacency.is_constant and adjacency.is_small else None
