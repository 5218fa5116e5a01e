"""Propagation with a teleport probability (APPNP)."""

from __future__ import annotations

from pydantic import PositiveInt
from torch import Tensor, nn
from torch_geometric.nn import APPNP

from gcnlabel.nn.convolutions.convolution import CONVOLUTIONS
from gcnlabel.settings import Share


@CONVOLUTIONS.register("appnp")
class LinearAPPNP(nn.Module):
    """A linear map, then personalised PageRank propagation (Gasteiger, Bojchevski & Günnemann, ICLR 2019, Eq. 4).

    ``H⁰ = X Θ``, ``Hᵏ⁺¹ = (1 - α) Â Hᵏ + α H⁰``, K times: neighbours up to K steps away contribute, and each label
    keeps a share α of its own values. The paper predicts, then propagates once; so does a generator of a single layer.

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output.
        steps: Number of propagations, K; 10 in the paper.
        alpha: Share of H⁰ in each, α; 0.1 in the paper.

    Shapes:
        x: [L, in]; edge_index: [2, E]; edge_weight: [E]; returns [L, out].

    Example:
        >>> import torch
        >>> layer, loop = LinearAPPNP(2, 3), torch.tensor([[0, 1], [0, 1]])
        >>> torch.allclose(layer(torch.eye(2), loop, torch.ones(2)), layer.lin.weight.T, atol=1e-6)
        True
    """

    def __init__(self, in_channels: int, out_channels: int, *, steps: PositiveInt = 10, alpha: Share = 0.1) -> None:
        super().__init__()
        self.lin = nn.Linear(in_channels, out_channels, bias=False)
        self.propagation = APPNP(steps, alpha, normalize=False, add_self_loops=False)

    def forward(self, x: Tensor, edge_index: Tensor, edge_weight: Tensor | None = None) -> Tensor:
        """Return the labels' values [L, out]."""
        values: Tensor = self.propagation(self.lin(x), edge_index, edge_weight)
        return values
