"""Layers of the generator by name: PyG's convolutions, set so that they take Â as the transforms made it.

None of them adds self-loops, normalises once more or has a bias, as the published layer does not. Signed edge weights:

- ``gcn``, ``graph``, ``tag``, ``appnp`` and ``gcnii`` add up neighbours times their weights: what a neighbour with a
  negative weight says is subtracted, and rows of Â whose absolute weights sum to one amplify nothing.
- ``gat`` and ``gatv2`` read the weight, sign and all, as a feature of the edge from which attention is learned; the
  attention is positive, so that an opposite neighbour is listened to less and never subtracted.
- ``sage`` takes the mean of the neighbours and sees no weight at all, as a warning says.

Others may be given to :class:`~gcnlabel.nn.LabelGCN` as they are. Those that normalise by degrees (``ChebConv``,
``GCNConv`` by default) need weights of one sign: the degree of a signed row may be zero or negative.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch_geometric.nn import APPNP, GATConv, GATv2Conv, GCN2Conv, GraphConv, SAGEConv, TAGConv

from gcnlabel.errors import InputError, closest
from gcnlabel.nn.label_gcn import gcn_conv


class LinearAPPNP(nn.Module):
    """A linear map, then propagation with a way back (Gasteiger, Bojchevski & Günnemann, ICLR 2019, Eq. 4).

    ``H⁰ = X Θ``, ``Hᵏ⁺¹ = (1 - α) Â Hᵏ + α H⁰``, K times: neighbours K steps away are heard, and no label is drowned.
    The paper predicts, then propagates once; so does a generator of a single layer.

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

    def __init__(self, in_channels: int, out_channels: int, steps: int = 10, alpha: float = 0.1) -> None:
        super().__init__()
        self.lin = nn.Linear(in_channels, out_channels, bias=False)
        self.propagation = APPNP(steps, alpha, normalize=False, add_self_loops=False)

    def forward(self, x: Tensor, edge_index: Tensor, edge_weight: Tensor | None = None) -> Tensor:
        """Return the labels' values [L, out]."""
        values: Tensor = self.propagation(self.lin(x), edge_index, edge_weight)
        return values


class GCNII(nn.Module):
    """A linear map, then layers with initial residual and identity mapping (Chen et al., ICML 2020, Eq. 5).

    ``H⁰ = X Θ``, ``Hˡ = σ(((1 - α) Â Hˡ⁻¹ + α H⁰)((1 - β_l) I + β_l Wˡ))``, ``β_l = log(λ / l + 1)``, l = 1 .. depth,
    with σ = ReLU and none after the last: what follows is an activation of the generator, or a label's vector.

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output, and of each layer.
        depth: Number of layers.
        alpha: Share of H⁰ in each, α; 0.1 in the paper.
        decay: λ, 0.5 in the paper: how fast deeper layers come near the identity.

    Shapes:
        x: [L, in]; edge_index: [2, E]; edge_weight: [E]; returns [L, out].

    Example:
        >>> import torch
        >>> GCNII(2, 3)(torch.eye(2), torch.tensor([[0, 1], [0, 1]]), torch.ones(2)).shape
        torch.Size([2, 3])
    """

    def __init__(
        self, in_channels: int, out_channels: int, depth: int = 2, alpha: float = 0.1, decay: float = 0.5
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


def _attention(conv: Callable[..., nn.Module]) -> Callable[[int, int], nn.Module]:
    return lambda a, b: conv(a, b, edge_dim=1, add_self_loops=False, bias=False)


CONVOLUTIONS: dict[str, Callable[[int, int], nn.Module]] = {
    "gcn": gcn_conv,
    "graph": lambda a, b: GraphConv(a, b, bias=False),
    "sage": lambda a, b: SAGEConv(a, b, bias=False),
    "gat": _attention(GATConv),
    "gatv2": _attention(GATv2Conv),
    "tag": lambda a, b: TAGConv(a, b, normalize=False, bias=False),
    "appnp": LinearAPPNP,
    "gcnii": GCNII,
}
"""Name -> what makes a layer from its input and output size."""

UNWEIGHTED = ("sage", "gat", "gatv2")
"""Those that do not multiply by edge weights, to which an edge of weight 0 would be an edge."""


def convolution(name: str) -> Callable[[int, int], nn.Module]:
    """Return what makes the layers of that name.

    Raises:
        InputError: There is none of that name.

    Example:
        >>> convolution("graph")(4, 2)
        GraphConv(4, 2)
    """
    if name not in CONVOLUTIONS:
        expected = " | ".join(CONVOLUTIONS)
        raise InputError(f"unknown convolution {name!r}", expected=expected, fix=closest(name, CONVOLUTIONS))
    return CONVOLUTIONS[name]
