"""The generator: label embeddings in, one weight vector a label out."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import GCNConv

from gcnlabel.errors import InputError


def gcn_conv(in_channels: int, out_channels: int) -> GCNConv:
    """Return a layer that only propagates: ``H' = Â H W`` (Kipf & Welling; Emotion-GCN, Eq. 2).

    All normalisation happens in the transforms, so the layer adds no self-loops, no scaling and no bias.
    """
    return GCNConv(in_channels, out_channels, normalize=False, add_self_loops=False, bias=False)


class LabelGCN(nn.Module):
    """A stack of graph convolutions from label embeddings Z to label vectors W.

    ``H⁰ = Z``, ``Hˡ⁺¹ = LeakyReLU(Â Hˡ Wˡ)`` with slope 0.2 and no activation after the last layer (Eq. 2).

    Args:
        in_channels: Size of the embeddings, F.
        hidden_channels: Sizes of the layers between; ``()`` for a single layer.
        out_channels: Size of the generated vectors, D.
        conv: Makes one layer from its input and output size; any PyG convolution that is called with
            ``(x, edge_index, edge_weight)``.
        activation: Makes the activation between two layers; LeakyReLU with slope 0.2 by default.

    Raises:
        InputError: A size is less than 1.

    Shapes:
        x: [L, F]; edge_index: [2, E], edge j -> i for Â[i, j]; edge_weight: [E]; returns [L, D].

    Example:
        >>> gcn = LabelGCN(3, (8,), 5)
        >>> gcn(torch.eye(3), torch.tensor([[0, 1, 2], [0, 1, 2]]), torch.ones(3)).shape
        torch.Size([3, 5])
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        out_channels: int,
        *,
        conv: Callable[[int, int], nn.Module] = gcn_conv,
        activation: Callable[[], nn.Module] | None = None,
    ) -> None:
        super().__init__()
        sizes = [in_channels, *hidden_channels, out_channels]
        if min(sizes) < 1:
            raise InputError(f"layer sizes {sizes}", expected="sizes of at least 1")
        self.convs = nn.ModuleList(conv(a, b) for a, b in itertools.pairwise(sizes))
        self.activation = nn.LeakyReLU(0.2) if activation is None else activation()

    def forward(self, x: Tensor, edge_index: Any, edge_weight: Tensor | None = None) -> Tensor:
        """Return the label vectors W [L, D].

        ``edge_index`` may also be a sparse adjacency (``adj_t``, row = receiving label), without ``edge_weight``.
        """
        for layer, conv in enumerate(self.convs):
            x = conv(x, edge_index) if edge_weight is None else conv(x, edge_index, edge_weight)
            if layer < len(self.convs) - 1:
                x = self.activation(x)
        return x


def sparse_adjacency(edge_index: Tensor, edge_weight: Tensor, size: int) -> Tensor:
    """Return Â as a sparse CSR tensor [L, L] whose row is the receiving label (PyG's ``adj_t``).

    Example:
        >>> sparse_adjacency(torch.tensor([[1], [0]]), torch.tensor([0.5]), 2).to_dense().tolist()
        [[0.0, 0.5], [0.0, 0.0]]
    """
    coo = torch.sparse_coo_tensor(edge_index.flip(0), edge_weight, (size, size), check_invariants=False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta state")
        return coo.coalesce().to_sparse_csr()


def uniform_by_width(gcn: LabelGCN) -> None:
    """Draw weights from uniform(-1/sqrt(out), 1/sqrt(out)), out the layer's output size, as both released codes do."""
    for conv in gcn.convs:
        for parameter in conv.parameters():
            bound = conv.out_channels**-0.5
            nn.init.uniform_(parameter, -bound, bound)
