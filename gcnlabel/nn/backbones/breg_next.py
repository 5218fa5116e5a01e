"""BReG-NeXt: a residual network whose shortcut has a bounded gradient (Hasani, Negi and Mahoor, 2020).

Its 24 residual layers have 32 channels x 7, 64 (stride 2), 64 x 8, 128 (stride 2) and 128 x 7, after a 3 x 3
convolution to 32 channels and before batch-norm, ELU and a global pooling: D = 128. Made for images of 112 x 112.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from gcnlabel.nn.backbone import BACKBONES, Backbone, Images, Shape, channels_in, pooled
from gcnlabel.nn.pooling import Pool

BLOCKS = ((7, 32, 1), (1, 64, 2), (8, 64, 1), (1, 128, 2), (7, 128, 1))
"""Layers, channels and stride of each block."""

SERIES_BELOW = 0.05
"""Bound on u below which ``arctan(u) / u`` is summed as a series, with an error below ``u¹⁰ / 11``, 1e-14."""


def bounded(x: Tensor, a: Tensor, c: Tensor) -> Tensor:
    """Return ``arctan(a x / s) / (a s)`` with ``s = sqrt(c² + 1)``.

    Written as ``x / s² * arctan(u) / u`` with ``u = a x / s``, which is smooth in a, c and x everywhere: for a -> 0 it
    is ``x / s²``. Its slope in x, ``1 / (s² + a² x²)``, lies in (0, 1].

    Args:
        x: Any tensor.
        a: Curvature, broadcast to x; only |a| matters.
        c: Flatness, broadcast to x; only |c| matters.

    Example:
        >>> one = torch.ones(1)
        >>> round(bounded(one, one, 0 * one).item(), 4)  # arctan(1) = pi / 4
        0.7854
        >>> bounded(3 * one, 0 * one, one).item()  # 3 / (1 + 1)
        1.5
    """
    square = c**2 + 1  # s²
    u = a * x / square.sqrt()
    return x / square * _arctan_ratio(u)


def _arctan_ratio(u: Tensor) -> Tensor:
    """Return ``arctan(u) / u``, 1 at 0, with its exact gradient there."""
    small = u.abs() < SERIES_BELOW
    v = torch.where(small, u, 0) ** 2  # each branch gets only numbers in its range: no NaN in the gradient
    series = 1 - v * (1 / 3 - v * (1 / 5 - v * (1 / 7 - v / 9)))
    large = torch.where(small, 1, u)
    return torch.where(small, series, large.atan() / large)


class BoundedShortcut(nn.Module):
    """The shortcut of one layer: :func:`bounded` with a and c learned, both 1 at first.

    Args:
        stride: Side of the squares that are averaged to one value.
        more: Number of zero channels to add, half of them before and half after.
    """

    def __init__(self, stride: int = 1, more: int = 0) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.ones(1))
        self.c = nn.Parameter(torch.ones(1))
        self.stride = stride
        self.padding = (0, 0, 0, 0, more // 2, more - more // 2)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps [B, C + more, ceil(H / stride), ceil(W / stride)]."""
        maps = bounded(maps, self.a, self.c)
        if self.stride > 1:
            maps = functional.avg_pool2d(maps, self.stride, ceil_mode=True)
        return functional.pad(maps, self.padding)


class BoundedResidualLayer(nn.Module):
    """``y = conv2(ELU(norm2(conv1(ELU(norm1(x)))))) + shortcut(x)``, both convolutions 3 x 3.

    Args:
        in_channels: Channels of x.
        out_channels: Channels of y, no fewer.
        stride: Stride of the first convolution.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.shortcut = BoundedShortcut(stride, out_channels - in_channels)
        for conv in (self.conv1, self.conv2):
            nn.init.kaiming_uniform_(conv.weight)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps [B, out_channels, ceil(H / stride), ceil(W / stride)]."""
        residual = self.conv1(functional.elu(self.norm1(maps)))
        residual = self.conv2(functional.elu(self.norm2(residual)))
        total: Tensor = residual + self.shortcut(maps)
        return total


@BACKBONES.register("breg_next")
def breg_next(shape: Shape = (3, 112, 112), *, pool: Pool = "average") -> Backbone:
    """Return BReG-NeXt for colour images and a global pooling: D = 128.

    Args:
        shape: (3, H, W).
        pool: Global pooling; ``average`` in the paper.

    Raises:
        InputError: The inputs are no colour images, or the pooling is unknown.

    Example:
        >>> breg_next().out_features
        128
    """
    channels_in(shape, "breg_next", colour=True)
    width = BLOCKS[0][1]
    layers: list[nn.Module] = [Images(3), nn.Conv2d(3, width, 3, padding=1)]
    for count, channels, stride in BLOCKS:
        for k in range(count):
            layers.append(BoundedResidualLayer(width, channels, stride if k == 0 else 1))
            width = channels
    return pooled([*layers, nn.BatchNorm2d(width), nn.ELU()], width, pool, shape)
