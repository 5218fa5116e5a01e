"""Warp a region of an image to a square by an affine map: antialiasing filter, then bilinear sampling.

An output pixel should be the mean over the area that it covers. Let s be the number of image pixels per output pixel.
For s >= 2 the image is first averaged over blocks of floor(s) pixels; the remaining reduction, 1 <= s < 2, is preceded
by a Gaussian blur with a 3 x 3 kernel of

    standard deviation = 0.7 sqrt(1 - 1 / s^2)  pixels

The factor 0.7 was chosen to approximate the area mean on photographs: the mean difference is 1 level (of 255) at all s.
OpenCV is several times faster than Pillow, and gives the same result up to rounding. It samples four channels in half
the time of three, with the same result.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.data.opencv import one_thread, opencv

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Matrix = list[list[float]]
MARGIN = 2
"""Margin around the region for blur and sampling, in output pixels."""


def warp(pixels: Images, matrix: Floats, shrink: Floats, found: Images) -> None:
    """Write a square region of an image to an array of zeros, which stays 0 (black) outside the image.

    The few numbers of a map are Python floats: calls of NumPy would take longer than the computation.

    Args:
        pixels: The image, uint8 [H, W] or [H, W, 3].
        matrix: Affine map [2, 3] from output points (X, Y, 1) to points of the image, with pixel edges at integers.
        shrink: Image pixels per output pixel along the image's x and y, [2].
        found: Output of zeros, uint8 [C, size, size].
    """
    rows, shrinks = matrix.tolist(), [max(s, 1.0) for s in shrink.tolist()]
    spans = [_Span.of(*each, found.shape[-1]) for each in zip(rows, shrinks, pixels.shape[1::-1], strict=True)]
    (left, right, _), (upper, lower, _) = spans
    if left >= right or upper >= lower:
        return
    part, blocks = pixels[upper:lower, left:right], (int(shrinks[0]), int(shrinks[1]))
    if max(blocks) > 1:
        part = np.asarray(Image.fromarray(part).reduce(blocks))
    local = [[a / n, b / n, (c - span.low) / n] for (a, b, c), span, n in zip(rows, spans, blocks, strict=True)]
    deviations = [0.7 * math.sqrt(1 - (n / s) ** 2) for n, s in zip(blocks, shrinks, strict=True)]
    cv2 = opencv()
    if cv2 is None:
        _by_pillow(part, local, deviations, found)
        return
    with one_thread(cv2):
        _by_opencv(cv2, part, local, deviations, found)
    if any(span.beyond for span in spans):
        found *= _inside(local, part.shape[1::-1], found.shape[-1])


class _Span(NamedTuple):
    """Range ``[low, high)`` of image pixels along one axis that an output square needs, including the margin."""

    low: int
    high: int
    beyond: bool

    @classmethod
    def of(cls, row: list[float], shrink: float, whole: int, size: int) -> _Span:
        """Return the span along an axis; ``beyond``: whether the square extends beyond the image."""
        a, b, c = row
        corners = (c, a * size + c, b * size + c, a * size + b * size + c)
        first, last = min(corners), max(corners)
        low, high = math.floor(first - MARGIN * shrink), math.ceil(last + MARGIN * shrink)
        return cls(min(max(low, 0), whole), min(max(high, 0), whole), first < 0 or last > whole)


def _by_opencv(cv2: Any, part: Images, matrix: Matrix, deviations: list[float], found: Images) -> None:
    if any(deviations):
        across, down = (max(each, 1e-3) for each in deviations)
        part = cv2.GaussianBlur(part, (3, 3), across, sigmaY=down, borderType=cv2.BORDER_REPLICATE)
    planes = list(found)
    if len(planes) == 3:
        part, planes = cv2.cvtColor(part, cv2.COLOR_RGB2RGBA), [*planes, np.empty_like(found[0])]
    centres = np.array([[a, b, c + ((a + b) / 2 - 0.5)] for a, b, c in matrix])  # maps pixel indices
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    square = cv2.warpAffine(part, centres, found.shape[1:], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    cv2.split(square, planes)


def _inside(matrix: Matrix, extent: tuple[int, ...], size: int) -> npt.NDArray[np.bool_]:
    """Return which output pixels have their centre in the image, bool [size, size]."""
    line = np.arange(size) + 0.5
    x, y = (row[0] * line + (row[1] * line + row[2])[:, None] for row in matrix)
    return (x >= 0) & (x < extent[0]) & (y >= 0) & (y < extent[1])


def _by_pillow(part: Images, matrix: Matrix, deviations: list[float], found: Images) -> None:
    for axis, value in enumerate(reversed(deviations)):
        part = _blurred(part, axis, value) if value else part
    flat, size = (*matrix[0], *matrix[1]), found.shape[1:]
    square = Image.fromarray(part).transform(size, Image.Transform.AFFINE, flat, Image.Resampling.BILINEAR, fillcolor=0)
    found[:] = np.asarray(square).reshape(*size, -1).transpose(2, 0, 1)


def _blurred(part: Images, axis: int, deviation: float) -> Images:
    """Return pixels blurred along an axis by a kernel of three multiples of 1/256, as in OpenCV."""
    weight = math.exp(-0.5 / deviation**2)
    side = round(256 * weight / (1 + 2 * weight))
    edged = np.moveaxis(np.pad(part, [(int(axis == i),) * 2 for i in range(part.ndim)], mode="edge"), axis, 0)
    sums = np.add(edged[:-2], edged[2:], dtype=np.uint16)
    sums *= np.uint16(side)
    sums += np.multiply(edged[1:-1], np.uint16(256 - 2 * side), dtype=np.uint16)  # at most 255 * 256
    sums += np.uint16(128)
    return np.moveaxis((sums >> 8).astype(np.uint8), 0, axis)
