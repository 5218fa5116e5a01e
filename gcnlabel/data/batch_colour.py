"""Brightness, contrast, saturation and hue of the images of a batch, with factors and order per image.

The steps are those of torchvision's ColorJitter. With l the weights of grey and m an image's mean colour, the first
three are linear in a pixel x and in m:

    brightness  f x          contrast  f x + (1 - f) (l . m)          saturation  f x + (1 - f) (l . x)

so the steps before the hue, and those after it, are each one map ``P x + Q m`` with two 3 x 3 matrices per image.

Hue rotates the colour circle by s sixths. With c the largest minus the smallest channel of a pixel and n the channel
that follows channel x in (red, green, blue, red), HSV's formula for 0 <= s <= 1 becomes, without division,

    clamp(x + g (s c + min(0, g (x - n))), smallest, largest),    g = the sign of (the channel before x) - x

which is exact. A rotation by a third permutes the channels, and a rotation backwards is one forwards between two
exchanges of green and blue; the matrices include both.
"""

from __future__ import annotations

import torch
from torch import Tensor

GREY = (0.2989, 0.587, 0.114)
BRIGHTNESS, CONTRAST, SATURATION, HUE = range(4)


def linear_steps(factors: Tensor, order: Tensor, included: Tensor, channels: int) -> tuple[Tensor, Tensor]:
    """Return the matrices P and Q of some steps, [B, C, C] each.

    Args:
        factors: Factors of brightness, contrast and saturation, [B, 4]; the last column, the hue, is ignored.
        order: Order of the steps, a permutation of 0 ... 3 per image, [B, 4].
        included: Whether to include the step at each position, bool [B, 4].
        channels: C: 1 for grey, which has no saturation, or 3.

    Example:
        >>> p, q = linear_steps(torch.tensor([[1.0, 0.5, 1.0, 0.0]]), torch.arange(4)[None], torch.ones(1, 4) > 0, 1)
        >>> p.item(), q.item()
        (0.5, 0.5)
    """
    grey = factors.new_tensor(GREY if channels == 3 else (1.0,)).expand(channels, channels)
    p = torch.eye(channels, dtype=factors.dtype).expand(len(factors), channels, channels)
    q = torch.zeros_like(p)
    for step, counts in zip(order.T, included.T, strict=True):
        known = counts & (step != HUE)
        factor = torch.where(known, factors.gather(1, step[:, None])[:, 0], 1.0)[:, None, None]
        rest = (1 - factor) * grey
        saturation, contrast = ((step == kind)[:, None, None] * rest for kind in (SATURATION, CONTRAST))
        p, q = factor * p + saturation @ p, factor * q + saturation @ q + contrast @ p  # q is 0 until then
    return p, q


def colour_maps(factors: Tensor, order: Tensor, channels: int) -> tuple[Tensor, ...]:
    """Return the arguments of :class:`BatchColour`: P, Q and, if any hue changes, its sixths, and P and Q after it.

    Args:
        factors: Factors of brightness, contrast and saturation, and change of hue as a fraction of the circle, [B, 4].
        order: Order of the steps, a permutation of 0 ... 3 per image, [B, 4].
        channels: C, 1 or 3; the hue of grey images is not changed.

    Returns:
        Matrices [B, C, C], and sixths [B] in [0, 1].
    """
    if channels == 1 or not factors[:, HUE].any():
        return linear_steps(factors, order, torch.ones_like(order, dtype=torch.bool), channels)
    late = (order == HUE).cumsum(1) > 0
    p, q = linear_steps(factors, order, ~late, channels)
    thirds = (3 * factors[:, HUE]).round()
    sixths = 6 * factors[:, HUE] - 2 * thirds
    exchange = torch.where(sixths[:, None] < 0, torch.tensor([0, 2, 1]), torch.arange(3))
    turned = ((exchange - thirds[:, None].long()) % 3)[:, :, None].expand(p.shape)  # source of each channel
    after = (matrix.gather(2, exchange[:, None].expand(p.shape)) for matrix in linear_steps(factors, order, late, 3))
    return p.gather(1, turned), q.gather(1, turned), sixths.abs(), *after


class BatchColour:
    """Changes the colours of images in place, with buffers that all calls share.

    Values are clipped to 0 ... 255 before the hue and at the end; torchvision clips and rounds down after each step.

    Args:
        count: Number of images per call, B.
        shape: (C, H, W) of each image.
        device: Device of the images.
    """

    def __init__(self, count: int, shape: tuple[int, int, int], device: torch.device) -> None:
        channels, pixels = shape[0], shape[1] * shape[2]
        self.mapped, self.differences, self.signs = torch.empty(
            3, count, channels, pixels, dtype=torch.float32, device=device
        ).unbind()
        self.low, self.high, self.shift = torch.empty(3, count, 1, pixels, dtype=torch.float32, device=device).unbind()

    def __call__(self, pixels: Tensor, p: Tensor, q: Tensor, *hue: Tensor) -> None:
        """Change pixels, float32 [B, C, H * W], in place, with the result of :func:`colour_maps`."""
        self._map(pixels, p, q)
        if hue:
            sixths, *after = hue
            self._turn(pixels, sixths.view(-1, 1, 1))
            self._map(pixels, *after)

    def _map(self, pixels: Tensor, p: Tensor, q: Tensor) -> None:
        torch.baddbmm(torch.bmm(q, pixels.mean(2, keepdim=True)), p, pixels, out=self.mapped)
        torch.clamp(self.mapped, 0, 255, out=pixels)

    def _turn(self, pixels: Tensor, sixths: Tensor) -> None:
        red, green, blue = pixels.split(1, dim=1)  # [B, 1, H * W] each
        torch.maximum(torch.maximum(red, green, out=self.high), blue, out=self.high)
        torch.minimum(torch.minimum(red, green, out=self.low), blue, out=self.low)
        torch.sub(self.high, self.low, out=self.shift).mul_(sixths)
        for i in range(3):
            torch.sub(pixels[:, i], pixels[:, (i + 1) % 3], out=self.differences[:, i])
        torch.sign(self.differences, out=self.signs)
        for i in range(3):
            self.differences[:, i].mul_(self.signs[:, i - 1])
        self.differences.clamp_max_(0).add_(self.shift)
        for i in range(3):
            pixels[:, i].addcmul_(self.signs[:, i - 1], self.differences[:, i])
        torch.minimum(pixels, self.high, out=pixels)
        torch.maximum(pixels, self.low, out=pixels)
