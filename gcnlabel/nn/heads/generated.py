"""Registered head whose label vectors are generated from the label graph."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from pydantic import Field
from torch import nn

from gcnlabel.nn.adjacency import ADJACENCIES, Edges
from gcnlabel.nn.convolutions.convolution import CONVOLUTIONS, Convolution
from gcnlabel.nn.heads.label_graph import LabelGraphHead
from gcnlabel.nn.heads.part import HEADS, HeadContext
from gcnlabel.nn.label_gcn import SLOPE, uniform_by_width
from gcnlabel.settings import Sizes


@HEADS.register("graph", generated=True)
def graph(
    context: HeadContext,
    *,
    hidden_channels: Sizes = (512,),
    conv: Convolution = "gcn",
    edges: Edges = "fixed",
    slope: Annotated[float, Field(ge=0)] = SLOPE,
    bias: bool = False,
    init: Literal["pyg", "published"] = "pyg",
) -> LabelGraphHead:
    """Return label vectors that a graph network generates from the label graph.

    Args:
        context: Tasks, features and graph.
        hidden_channels: Widths of the generator's hidden layers.
        conv: Its layers.
        edges: Whether edge weights are constant, or learned starting from the statistics.
        slope: Slope of LeakyReLU below 0, between two layers.
        bias: Whether each label has a free bias in addition to its generated vector; none in the papers.
        init: Initialisation of the weights: as in PyG, or as in both released codes.
    """
    head = LabelGraphHead(
        context.label_graph,
        context.tasks,
        context.in_features,
        hidden_channels,
        bias=bias,
        conv=partial(CONVOLUTIONS.make, conv),
        activation=partial(nn.LeakyReLU, slope),
        adjacency=partial(ADJACENCIES.make, edges),
    )
    if init == "published":
        uniform_by_width(head.gcn)
    return head
