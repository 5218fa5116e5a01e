"""A small convolutional network."""

from __future__ import annotations

import itertools

from torch import nn

from gcnlabel.nn.backbone import BACKBONES, Backbone, Images, Shape, channels_in, checked_sizes, pooled
from gcnlabel.nn.pooling import Pool
from gcnlabel.settings import Sizes


@BACKBONES.register("small_cnn")
def small_cnn(shape: int | Shape, *, widths: Sizes = (16, 32, 64, 128), pool: Pool = "max") -> Backbone:
    """Return a small convolutional network for images of about 64 x 64: D is the last width.

    Each block is a 3 x 3 convolution of stride 2 and one of stride 1, with batch-norm and ReLU.

    Args:
        shape: (C, H, W), or C: 1 for grey images, 3 for colour.
        widths: Channels of each block.
        pool: Global pooling; ``none`` for the features of all positions.

    Raises:
        InputError: There is no width, one is less than 1, the inputs are features, or the pooling is unknown.
    """
    channels = channels_in(shape, "small_cnn")
    blocks: list[nn.Module] = [Images(channels)]
    for a, b in itertools.pairwise([channels, *checked_sizes("small_cnn: widths", widths)]):
        blocks += [*_conv(a, b, stride=2), *_conv(b, b, stride=1)]
    return pooled(blocks, widths[-1], pool, shape)


def _conv(a: int, b: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(a, b, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU()]
