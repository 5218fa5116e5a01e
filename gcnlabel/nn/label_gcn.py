"""The generator: a graph network from label embeddings to one weight vector per label."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from torch import Tensor, nn
from torch_geometric.nn import GCNConv

from gcnlabel.errors import GcnlabelWarning, InputError

SLOPE = 0.2
"""Slope of LeakyReLU below 0, in both papers."""


def gcn_conv(in_channels: int, out_channels: int) -> GCNConv:
    """Return a layer that only propagates: ``H' = Â H W`` (Kipf & Welling; Emotion-GCN, Eq. 2).

    All normalisation happens in the transforms, so the layer adds no self-loops, no scaling and no bias.
    """
    return GCNConv(in_channels, out_channels, normalize=False, add_self_loops=False, bias=False)


class LabelGCN(nn.Module):
    """A stack of graph convolutions from label embeddings Z to label vectors W.

    ``H⁰ = Z``, ``Hˡ⁺¹ = LeakyReLU(Â Hˡ Wˡ)`` with slope 0.2 and no activation after the last layer (Eq. 2).

    Any PyG convolution can replace the default one. It gets the weights of Â as ``edge_weight``, or as ``edge_attr``
    [E, 1] if it takes that and was made with ``edge_dim=1``. A convolution that takes neither ignores the weights, and
    a :class:`~gcnlabel.errors.GcnlabelWarning` is given. PyG's ``GCNConv`` without ``normalize=False`` normalises Â
    again.

    Args:
        in_channels: Size of the embeddings, F.
        hidden_channels: Sizes of the hidden layers; ``()`` for a single layer.
        out_channels: Size of the generated vectors, D.
        conv: Makes one layer from its input and output size: a PyG class, or a function such as
            ``lambda a, b: GATConv(a, b, edge_dim=1)``.
        activation: Makes the activation between two layers; LeakyReLU with slope 0.2 by default.

    Raises:
        InputError: A size is less than 1, or (when called) a layer returns a wrong number of values.

    Shapes:
        x: [L, F]; edge_index: [2, E], edge j -> i for Â[i, j]; edge_weight: [E]; returns [L, D].

    Example:
        >>> import torch
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
        if not isinstance(hidden_channels, Iterable):
            raise InputError(
                f"hidden_channels = {hidden_channels}", expected=f"one size per layer: ({hidden_channels},)"
            )
        self.sizes = (in_channels, *hidden_channels, out_channels)
        if min(self.sizes) < 1:
            raise InputError(f"layer sizes {list(self.sizes)}", expected="sizes of at least 1")
        self.convs = nn.ModuleList(conv(a, b) for a, b in itertools.pairwise(self.sizes))
        self.activation = nn.LeakyReLU(SLOPE) if activation is None else activation()
        self._weights_as = [weights_as(layer) for layer in self.convs]
        if None in self._weights_as:
            name = type(self.convs[self._weights_as.index(None)]).__name__
            text = f"{name} ignores edge weights: only the presence of edges matters"
            warnings.warn(text, GcnlabelWarning, stacklevel=2)

    def forward(self, x: Tensor, edge_index: Any, edge_weight: Tensor | None = None) -> Tensor:
        """Return the label vectors W [L, D].

        ``edge_index`` may also be a sparse adjacency (``adj_t``, row = receiving label), without ``edge_weight``.
        """
        return self._propagate(-1, self.hidden(x, edge_index, edge_weight), edge_index, edge_weight)

    def hidden(self, x: Tensor, edge_index: Any, edge_weight: Tensor | None = None) -> Tensor:
        """Return the input of the last layer, [L, its size]; the arguments are those of :meth:`forward`."""
        for layer in range(len(self.convs) - 1):
            x = self.activation(self._propagate(layer, x, edge_index, edge_weight))
        return x

    def only_propagates(self) -> bool:
        """Whether every layer is exactly ``Â H W``, so that Â may be sparse and products reordered."""
        return all(isinstance(conv, GCNConv) and _is_plain(conv) for conv in self.convs)

    def multiplies_weights(self) -> bool:
        """Whether every layer multiplies messages by edge weights, so that an edge of weight 0 has no effect."""
        return all(name == "edge_weight" for name in self._weights_as)

    def check_takes_weights(self) -> None:
        """Check that edge weights can be learned.

        Raises:
            InputError: A layer ignores them.
        """
        for conv, name in zip(self.convs, self._weights_as, strict=True):
            if name is None:
                raise InputError(
                    f"{type(conv).__name__} ignores edge weights, which therefore cannot be learned",
                    expected="layers that take edge_weight, or edge_attr with edge_dim=1",
                )

    def _propagate(self, layer: int, x: Tensor, edge_index: Any, edge_weight: Tensor | None) -> Tensor:
        conv, size, name = self.convs[layer], self.sizes[1:][layer], self._weights_as[layer]
        given = {} if edge_weight is None or name is None else {name: edge_weight}
        if "edge_attr" in given:
            given["edge_attr"] = given["edge_attr"].unsqueeze(1)  # [E, 1]
        x = conv(x, edge_index, **given)
        if x.shape[1] != size:
            fix = "average the attention heads: concat=False" if getattr(conv, "heads", 1) > 1 else None
            raise InputError(f"{type(conv).__name__} returns {x.shape[1]} values per label", expected=size, fix=fix)
        return x


def weights_as(conv: nn.Module) -> str | None:
    """Return the name of a layer's argument for edge weights, ``edge_weight`` or ``edge_attr``; None if it has none.

    Example:
        >>> from torch_geometric.nn import GATConv, GraphConv
        >>> weights_as(GraphConv(2, 2)), weights_as(GATConv(2, 2, edge_dim=1)), weights_as(GATConv(2, 2))
        ('edge_weight', 'edge_attr', None)
    """
    parameters = inspect.signature(conv.forward).parameters
    if "edge_weight" in parameters:
        return "edge_weight"
    sizes = [getattr(conv, name, 1) for name in ("edge_dim", "in_edge_channels", "dim")]  # PyG's names for one thing
    return "edge_attr" if "edge_attr" in parameters and all(sizes) else None


def uniform_by_width(gcn: LabelGCN) -> None:
    """Draw weights from uniform(-1/sqrt(out), 1/sqrt(out)), out the layer's output size, as both released codes do."""
    for conv, size in zip(gcn.convs, gcn.sizes[1:], strict=True):
        for parameter in conv.parameters():
            nn.init.uniform_(parameter, -(size**-0.5), size**-0.5)


def _is_plain(conv: GCNConv) -> bool:
    return not conv.normalize and conv.bias is None and conv.aggr in ("add", "sum")
