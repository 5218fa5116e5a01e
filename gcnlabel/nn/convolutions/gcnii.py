"""Deep layers with initial residual and identity mapping (GCNII)."""

from __future__ import annotations

from pydantic import PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch_geometric.nn import GCN2Conv

from gcnlabel.nn.convolutions.convolution import CONVOLUTIONS
from gcnlabel.settings import Share


@CONVOLUTIONS.register("gcnii")
class GCNII(nn.Module):
    """A linear map, then layers with initial residual and identity mapping (Chen et al., ICML 2020, Eq. 5).

    ``H⁰ = X Θ``, ``Hˡ = σ(((1 - α) Â Hˡ⁻¹ + α H⁰)((1 - β_l) I + β_l Wˡ))``, ``β_l = log(λ / l + 1)``, l = 1 .. depth,
    with σ = ReLU, and no σ after the last layer.

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output, and of each layer.
        depth: Number of layers.
        alpha: Share of H⁰ in each, α; 0.1 in the paper.
        decay: λ, 0.5 in the paper: how fast deeper layers approach the identity.

    Shapes:
        x: [L, in]; edge_index: [2, E]; edge_weight: [E]; returns [L, out].

    Example:
        >>> import torch
        >>> GCNII(2, 3)(torch.eye(2), torch.tensor([[0, 1], [0, 1]]), torch.ones(2)).shape
        torch.Size([2, 3])
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        depth: PositiveInt = 2,
        alpha: Share = 0.1,
        decay: PositiveFloat = 0.5,
    ) -> None:
        super().__init__()
        self.lin = nn.Linear(in_channels, out_channels, bias=False)
        plain = {"normalize": False, "add_self_loops": False}
        self.layers = nn.ModuleList(
            GCN2Conv(out_channels, alpha, theta=decay, layer=layer, **plain) for layer in range(1, depth + 1)
        )

    def forward(self, x: Tensor, edge_index: Tensor, edge_weight: Tensor | None = None) -> Tensor:
        """Return the labels' values [L, out]."""
        initial = values = self.lin(x)
        for layer in self.layers:
            values = layer(values if values is initial else values.relu(), initial, edge_index, edge_weight)
        return values
