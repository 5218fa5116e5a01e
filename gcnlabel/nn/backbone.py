"""Components of backbones: checks of inputs, global pooling, and the number of features."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from gcnlabel.errors import InputError
from gcnlabel.nn.pooling import pooling
from gcnlabel.registry import Part, Registry

Shape = tuple[int, ...]


class BackbonePart(Part):
    """Name and options of a backbone.

    Attributes:
        scaling: Scaling of grey values 0..255 for image backbones: ``symmetric`` (-1..1), ``imagenet`` (0..1, less
            ImageNet's mean, over its deviation: as published and pretrained weights expect), or null: as the weights
            expect for ``timm`` and ``torchvision``, symmetric for the others.
    """

    scaling: Literal["symmetric", "imagenet"] | None = None


KINDS = {0: "texts", 1: "features", 2: "graphs", 3: "images"}
"""Length of an input's shape -> kind of input: (), (D,), (D, A) of nodes and edges, (C, H, W)."""
SUITABLE = {
    "texts": "text",
    "features": "e.g. mlp or identity",
    "graphs": "e.g. gin or attentivefp",
    "images": "e.g. small_cnn",
}


def check_kind(shape: Shape, name: str, wanted: str) -> None:
    """Check the kind of inputs of a backbone.

    Raises:
        InputError: It is another kind; the message names a backbone for it.
    """
    given = KINDS.get(len(shape), "features")
    if given != wanted:
        raise InputError(f"backbone {name!r} does not take {given}", expected=wanted, fix=SUITABLE[given])


def features_in(shape: int | Shape, name: str) -> int:
    """Return the number of features of an input, D, for a backbone that takes features [D].

    Raises:
        InputError: The input is an image or a graph.
    """
    if isinstance(shape, int):
        return shape
    check_kind(shape, name, "features")
    return shape[0]


def graphs_in(shape: Shape, name: str) -> tuple[int, int]:
    """Return the number of features of a node, D, and of an edge, A, for a backbone that takes graphs.

    Raises:
        InputError: The input is an image, or features.
    """
    check_kind(shape, name, "graphs")
    return shape[0], shape[1]


def channels_in(shape: int | Shape, name: str, *, colour: bool = False) -> int:
    """Return the number of channels of an image, C, for a backbone that takes images [C, H, W].

    Raises:
        InputError: The input is no image, or has no colours and ``colour`` is true.
    """
    channels = shape if isinstance(shape, int) else shape[0]
    if not isinstance(shape, int):
        check_kind(shape, name, "images")
    if colour and channels != 3:
        raise InputError(f"backbone {name!r} takes colour images", fix="set data.channels to 3")
    return channels


class Images(nn.Module):
    """Identity on images [B, C, H, W] that checks C.

    Args:
        channels: C: 1 for grey, 3 for colour.

    Raises:
        InputError: (when called) The input has another shape.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, images: Tensor) -> Tensor:
        """Return the images unchanged."""
        if images.ndim == 4 and images.shape[1] == self.channels:
            return images
        grey = images.ndim == 4 and images.shape[1] == 1
        raise InputError(
            f"images of shape {list(images.shape)}",
            expected=f"[B, {self.channels}, H, W]",
            fix="repeat the grey channel: images.expand(-1, 3, -1, -1), or data.channels: 3" if grey else None,
        )


def checked_sizes(name: str, sizes: Sequence[int]) -> Sequence[int]:
    """Return sizes of layers.

    Raises:
        InputError: The list is empty, or a size is less than 1.
    """
    if not sizes or min(sizes) < 1:
        raise InputError(f"{name} = {list(sizes)}", expected="at least one size, each at least 1")
    return sizes


class Backbone(nn.Module):
    """A network with a known number of features.

    Args:
        network: Maps inputs to features [B, D].
        out_features: D.
        scale: Maps grey values 0..255 to the inputs that the network's pretrained weights expect, or None.
    """

    def __init__(self, network: nn.Module, out_features: int, *, scale: nn.Module | None = None) -> None:
        super().__init__()
        self.own_scale = (scale,)  # in a tuple, so that it is no submodule; a run applies it before the network
        self.network = network
        self.out_features = out_features

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the features [B, D]."""
        return self.network(inputs)


def pooled(layers: Iterable[nn.Module], channels: int, pool: str, shape: int | Shape) -> Backbone:
    """Return a backbone of convolutional layers and a global pooling.

    Args:
        layers: Map images to maps [B, channels, H, W].
        channels: Channels of the last maps, C.
        pool: Name of the pooling; with ``none``, D is C times the number of positions.
        shape: (C, H, W) of the images, or C if the pooling is not ``none``.

    Raises:
        InputError: The pooling is unknown, or it is ``none`` and the size of the images is unknown.
    """
    network = nn.Sequential(*layers, pooling(pool))
    if pool != "none":
        return Backbone(network, channels)
    if isinstance(shape, int):
        raise InputError("pool: none without the size of the images", expected="a shape (C, H, W)")
    with torch.no_grad():  # on "meta", only shapes are computed
        made = copy.deepcopy(network).eval().to("meta")(torch.empty(1, *shape, device="meta"))
    return Backbone(network, made.shape[1])


BACKBONES = Registry("backbone", "gcnlabel.nn.backbones", form=BackbonePart, default="small_cnn", makes=Backbone)
"""Functions ``(shape, *, options) -> Backbone``, by name; shapes are (D,), (C, H, W), (D, A), or () of texts."""
