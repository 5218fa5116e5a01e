"""Backbones: inputs in, features [B, D] out. The same backbone and pooling serve every head.

torchvision's networks take colour images, as their ImageNet weights do: repeat a grey image over three channels.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import nn

from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import Backbone, Images, pooling
from gcnlabel.nn.breg_next import breg_next


def identity(in_features: int) -> Backbone:
    """Return a backbone that passes features on as they are."""
    return Backbone(nn.Identity(), in_features)


def mlp(in_features: int, hidden: Sequence[int] = (256,), dropout: float = 0.0) -> Backbone:
    """Return a multi-layer perceptron: linear layer, ReLU and dropout for each hidden size.

    Raises:
        InputError: There is no hidden size, or one is less than 1.

    Example:
        >>> mlp(8, hidden=(16, 4)).out_features
        4
    """
    sizes = [in_features, *_sizes("mlp: hidden", hidden)]
    layers: list[nn.Module] = []
    for a, b in itertools.pairwise(sizes):
        layers += [nn.Linear(a, b), nn.ReLU(), nn.Dropout(dropout)]
    return Backbone(nn.Sequential(*layers), sizes[-1])


def small_cnn(channels: int = 1, widths: Sequence[int] = (16, 32, 64, 128), pool: str = "max") -> Backbone:
    """Return a small convolutional network for images of about 64 x 64: D is the last width.

    Each block is a 3 x 3 convolution of stride 2 and one of stride 1, with batch-norm and ReLU.

    Args:
        channels: 1 for grey images, 3 for colour.
        widths: Channels of each block.
        pool: ``max`` or ``average``.

    Raises:
        InputError: There is no width, one is less than 1, or the pooling is unknown.
    """
    blocks: list[nn.Module] = [Images(channels)]
    for a, b in itertools.pairwise([channels, *_sizes("small_cnn: widths", widths)]):
        blocks += [*_conv(a, b, stride=2), *_conv(b, b, stride=1)]
    return Backbone(nn.Sequential(*blocks, pooling(pool)), widths[-1])


def densenet121(pool: str = "max", pretrained: bool = False, relu: bool = False) -> Backbone:
    """Return torchvision's DenseNet-121 ``features`` and a global pooling: D = 1024 (Emotion-GCN, Eq. 1).

    ``features`` end with a batch-norm; the ReLU that torchvision's classifier puts behind it is not part of them.

    Args:
        pool: ``max`` (the paper's) or ``average``.
        pretrained: Whether to start from ImageNet weights, which torchvision downloads.
        relu: Whether a ReLU stands before the pooling, as in torchvision's classifier.

    Raises:
        InputError: The weights cannot be downloaded.
    """
    network = _torchvision(torchvision.models.densenet121, "IMAGENET1K_V1" if pretrained else None)
    last = [nn.ReLU()] if relu else []
    layers = (Images(3), network.features, *last, pooling(pool))
    return Backbone(nn.Sequential(*layers), network.classifier.in_features)


def resnet18(pool: str = "max", pretrained: bool = False) -> Backbone:
    """Return torchvision's ResNet-18 up to its last maps and a global pooling: D = 512."""
    return _resnet(_torchvision(torchvision.models.resnet18, "IMAGENET1K_V1" if pretrained else None), pool)


def resnet50(pool: str = "max", pretrained: bool = False) -> Backbone:
    """Return torchvision's ResNet-50 up to its last maps and a global pooling: D = 2048."""
    return _resnet(_torchvision(torchvision.models.resnet50, "IMAGENET1K_V2" if pretrained else None), pool)


def resnet101(pool: str = "max", pretrained: bool = False) -> Backbone:
    """Return torchvision's ResNet-101 up to its last maps and a global pooling: D = 2048 (ML-GCN, Section 3)."""
    return _resnet(_torchvision(torchvision.models.resnet101, "IMAGENET1K_V2" if pretrained else None), pool)


FEATURE_BACKBONES: dict[str, Callable[..., Backbone]] = {"identity": identity, "mlp": mlp}
IMAGE_BACKBONES: dict[str, Callable[..., Backbone]] = {
    "small_cnn": small_cnn,
    "densenet121": densenet121,
    "resnet18": resnet18,
    "resnet50": resnet50,
    "resnet101": resnet101,
    "breg_next": breg_next,
}


def _sizes(name: str, sizes: Sequence[int]) -> Sequence[int]:
    if not sizes or min(sizes) < 1:
        raise InputError(f"{name} = {list(sizes)}", expected="at least one size, each at least 1")
    return sizes


def _conv(a: int, b: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(a, b, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]


def _torchvision(make: Callable[..., Any], weights: str | None) -> Any:
    try:
        return make(weights=weights)
    except (OSError, RuntimeError) as error:  # no network; or what came is not the file
        file = torchvision.models.get_model_weights(make)[str(weights)].url.rpartition("/")[2]
        raise InputError(
            f"the ImageNet weights {file} cannot be downloaded: {error}",
            fix=f"put the file into {Path(torch.hub.get_dir(), 'checkpoints')}, or set model.backbone.pretrained=false",
        ) from error


def _resnet(network: torchvision.models.ResNet, pool: str) -> Backbone:
    features = network.fc.in_features
    return Backbone(nn.Sequential(Images(3), *list(network.children())[:-2], pooling(pool)), features)
