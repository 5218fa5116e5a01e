"""Backbones of features."""

from __future__ import annotations

import itertools
from typing import Annotated

from pydantic import Field
from torch import nn

from gcnlabel.nn.backbone import BACKBONES, Backbone, Shape, checked_sizes, features_in
from gcnlabel.nn.dropout import Dropout
from gcnlabel.settings import Sizes


@BACKBONES.register("identity")
def identity(shape: int | Shape) -> Backbone:
    """Return a backbone that returns features unchanged.

    Args:
        shape: (D,), or D.
    """
    return Backbone(nn.Identity(), features_in(shape, "identity"))


@BACKBONES.register("mlp")
def mlp(shape: int | Shape, *, hidden: Sizes = (256,), dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0) -> Backbone:
    """Return a multi-layer perceptron: linear layer, ReLU and dropout for each hidden size.

    Args:
        shape: (D,), or D.
        hidden: Sizes of the layers; the last is that of the features.
        dropout: Share of each layer's units left out in training.

    Raises:
        InputError: There is no hidden size, one is less than 1, or the inputs are images.

    Example:
        >>> mlp(8, hidden=(16, 4)).out_features
        4
    """
    sizes = [features_in(shape, "mlp"), *checked_sizes("mlp: hidden", hidden)]
    layers: list[nn.Module] = []
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Linear(a, b), nn.ReLU(), Dropout(dropout)]
    return Backbone(nn.Sequential(*layers), sizes[-1])
