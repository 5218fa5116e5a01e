"""PyG's own layers, without self-loops, further normalisation and bias."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt
from torch import nn
from torch_geometric.nn import GATConv, GATv2Conv, GCNConv, GraphConv, SAGEConv, TAGConv

from gcnlabel.nn.convolutions.convolution import CONVOLUTIONS
from gcnlabel.nn.label_gcn import gcn_conv

Slope = Annotated[float, Field(ge=0)]
Dropout = Annotated[float, Field(ge=0, lt=1)]


@CONVOLUTIONS.register("gcn")
def gcn(in_channels: int, out_channels: int) -> GCNConv:
    """Return the published layer, ``Â H W``."""
    return gcn_conv(in_channels, out_channels)


@CONVOLUTIONS.register("graph")
def graph(in_channels: int, out_channels: int, *, aggr: Literal["add", "mean", "max"] = "add") -> GraphConv:
    """Return ``H W₁ + Â H W₂`` (Morris et al., AAAI 2019).

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output.
        aggr: Aggregation of weighted neighbours.
    """
    return GraphConv(in_channels, out_channels, aggr=aggr, bias=False)


@CONVOLUTIONS.register("sage", unweighted=True)
def sage(
    in_channels: int,
    out_channels: int,
    *,
    aggr: Literal["mean", "max", "add"] = "mean",
    project: bool = False,
    root_weight: bool = True,
) -> SAGEConv:
    """Return ``H W₁ + mean of neighbours W₂`` (Hamilton et al., NeurIPS 2017), which ignores edge weights.

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output.
        aggr: Aggregation of neighbours.
        project: Whether a linear map and a ReLU are applied to neighbours first.
        root_weight: Whether a label's own values are added to its neighbours'.
    """
    return SAGEConv(in_channels, out_channels, aggr=aggr, project=project, root_weight=root_weight, bias=False)


@CONVOLUTIONS.register("gat", unweighted=True)
def gat(
    in_channels: int,
    out_channels: int,
    *,
    heads: PositiveInt = 1,
    negative_slope: Slope = 0.2,
    dropout: Dropout = 0.0,
) -> nn.Module:
    """Return graph attention (Veličković et al., ICLR 2018) with the edge weight as a feature of the edge.

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output.
        heads: Number of attention heads, whose results are averaged.
        negative_slope: Slope of LeakyReLU below 0, in the attention.
        dropout: Share of the attention that is left out in training.
    """
    return _attention(GATConv, in_channels, out_channels, heads=heads, negative_slope=negative_slope, dropout=dropout)


@CONVOLUTIONS.register("gatv2", unweighted=True)
def gatv2(
    in_channels: int,
    out_channels: int,
    *,
    heads: PositiveInt = 1,
    negative_slope: Slope = 0.2,
    dropout: Dropout = 0.0,
    share_weights: bool = False,
) -> nn.Module:
    """Return graph attention (Brody et al., ICLR 2022) with the edge weight as a feature of the edge.

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output.
        heads: Number of attention heads, whose results are averaged.
        negative_slope: Slope of LeakyReLU below 0, in the attention.
        dropout: Share of the attention that is left out in training.
        share_weights: Whether source and receiving label have one linear map.
    """
    options = {"heads": heads, "negative_slope": negative_slope, "dropout": dropout, "share_weights": share_weights}
    return _attention(GATv2Conv, in_channels, out_channels, **options)


@CONVOLUTIONS.register("tag")
def tag(in_channels: int, out_channels: int, *, steps: PositiveInt = 3) -> TAGConv:
    """Return ``Σₖ Âᵏ H Wₖ``, k = 0 .. steps (Du et al., 2017).

    Args:
        in_channels: Size of the input.
        out_channels: Size of the output.
        steps: Highest power of Â.
    """
    return TAGConv(in_channels, out_channels, K=steps, normalize=False, bias=False)


def _attention(conv: Any, in_channels: int, out_channels: int, **options: Any) -> Any:
    plain = {"edge_dim": 1, "add_self_loops": False, "bias": False, "concat": False}
    return conv(in_channels, out_channels, **plain, **options)
