"""Networks of torchvision, for colour images; repeat the channel of grey images 3 times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torchvision
from torch import nn

from gcnlabel.errors import InputError
from gcnlabel.nn.backbone import BACKBONES, Backbone, Images, Shape, channels_in, pooled
from gcnlabel.nn.pooling import Pool

COLOUR = (3, 224, 224)


@BACKBONES.register("densenet121")
def densenet121(shape: Shape = COLOUR, *, pool: Pool = "max", pretrained: bool = False, relu: bool = False) -> Backbone:
    """Return torchvision's DenseNet-121 ``features`` and a global pooling: D = 1024 (Emotion-GCN, Eq. 1).

    ``features`` end with a batch-norm; the ReLU of torchvision's classifier after it is not included.

    Args:
        shape: (3, H, W).
        pool: Global pooling; ``max`` in the paper.
        pretrained: Whether to start from ImageNet weights, which torchvision downloads.
        relu: Whether to apply a ReLU before the pooling, as in torchvision's classifier.

    Raises:
        InputError: The inputs are no colour images, or the weights cannot be downloaded.
    """
    channels_in(shape, "densenet121", colour=True)
    network = _torchvision(torchvision.models.densenet121, "IMAGENET1K_V1" if pretrained else None)
    last = [nn.ReLU()] if relu else []
    return pooled((Images(3), network.features, *last), network.classifier.in_features, pool, shape)


@BACKBONES.register("resnet18")
def resnet18(shape: Shape = COLOUR, *, pool: Pool = "max", pretrained: bool = False) -> Backbone:
    """Return torchvision's ResNet-18 up to its last maps and a global pooling: D = 512.

    Args:
        shape: (3, H, W).
        pool: Global pooling; ``none`` for the features of all positions.
        pretrained: Whether to start from ImageNet weights, which torchvision downloads.
    """
    return _resnet("resnet18", shape, pool, "IMAGENET1K_V1" if pretrained else None)


@BACKBONES.register("resnet50")
def resnet50(shape: Shape = COLOUR, *, pool: Pool = "max", pretrained: bool = False) -> Backbone:
    """Return torchvision's ResNet-50 up to its last maps and a global pooling: D = 2048.

    Args:
        shape: (3, H, W).
        pool: Global pooling; ``none`` for the features of all positions.
        pretrained: Whether to start from ImageNet weights, which torchvision downloads.
    """
    return _resnet("resnet50", shape, pool, "IMAGENET1K_V2" if pretrained else None)


@BACKBONES.register("resnet101")
def resnet101(shape: Shape = COLOUR, *, pool: Pool = "max", pretrained: bool = False) -> Backbone:
    """Return torchvision's ResNet-101 up to its last maps and a global pooling: D = 2048 (ML-GCN, Section 3).

    Args:
        shape: (3, H, W).
        pool: Global pooling; ``none`` for the features of all positions.
        pretrained: Whether to start from ImageNet weights, which torchvision downloads.
    """
    return _resnet("resnet101", shape, pool, "IMAGENET1K_V2" if pretrained else None)


def _torchvision(make: Callable[..., Any], weights: str | None) -> Any:
    try:
        return make(weights=weights)
    except (OSError, RuntimeError) as error:  # no network; or the download is not the file
        file = torchvision.models.get_model_weights(make)[str(weights)].url.rpartition("/")[2]
        raise InputError(
            f"the ImageNet weights {file} cannot be downloaded: {error}",
            fix=f"put the file into {Path(torch.hub.get_dir(), 'checkpoints')}, or set model.backbone.pretrained=false",
        ) from error


def _resnet(name: str, shape: Shape, pool: str, weights: str | None) -> Backbone:
    channels_in(shape, name, colour=True)
    network = _torchvision(getattr(torchvision.models, name), weights)
    return pooled((Images(3), *list(network.children())[:-2]), network.fc.in_features, pool, shape)
