"""A region of a picture -> a square of a given size, by an affine map: blurred as it shrinks, then sampled bilinearly.

A pixel of the output should show the mean over the area that it covers. Where s pixels of the picture fall on one of
the output, the picture is averaged over blocks of whole numbers of pixels first (s >= 2), and what is left, 1 <= s < 2,
is blurred by a Gaussian of 3 x 3 weights with

    deviation = 0.7 sqrt(1 - 1 / s^2)  pixels

which, before bilinear sampling, comes nearest to that mean on photographs: one level of 255 on average, at all s.
OpenCV does it several times faster than Pillow, and the same up to a rounding; it samples four channels in half the time
of three, and to the same values.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.data.opencv import one_thread, opencv

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
MARGIN = 2
"""What is kept around the region for blur and sampling, in pixels of the output."""


def warp(pixels: Images, matrix: Floats, shrink: Floats, size: int) -> Images:
    """Return a square of a picture, uint8 [C, size, size]; black outside the picture.

    Args:
        pixels: The picture, [H, W] or [H, W, 3].
        matrix: From output points (X, Y, 1) to points of the picture, pixel edges at whole numbers, [2, 3].
        shrink: Pixels of the picture that fall on one of the output, along its x and y, [2].
        size: Width and height of the output.
    """
    whole = np.array(pixels.shape[1::-1])
    shrink = np.maximum(shrink, 1)
    corners = matrix @ np.array([[0, size, 0, size], [0, 0, size, size], [1, 1, 1, 1]])  # [2, 4]
    first, last = corners.min(1), corners.max(1)
    low = np.floor(first - MARGIN * shrink).clip(0, whole).astype(int)
    high = np.ceil(last + MARGIN * shrink).clip(0, whole).astype(int)
    found = np.zeros((1 if pixels.ndim == 2 else 3, size, size), dtype=np.uint8)
    if (low >= high).any():
        return found
    part, blocks = pixels[low[1] : high[1], low[0] : high[0]], shrink.astype(int)
    if (blocks > 1).any():
        part = np.asarray(Image.fromarray(part).reduce(tuple(blocks.tolist())))
    local = matrix.copy()
    local[:, 2] -= low
    local /= blocks[:, None]
    deviation = 0.7 * np.sqrt(1 - (blocks / shrink) ** 2)
    beyond = bool((first < 0).any() or (last > whole).any())
    cv2 = opencv()
    if cv2 is None:
        return _by_pillow(part, local, deviation, found)
    with one_thread(cv2):
        return _by_opencv(cv2, part, local, deviation, found, beyond=beyond)


def _by_opencv(cv2: Any, part: Images, matrix: Floats, deviation: Floats, found: Images, *, beyond: bool) -> Images:
    if deviation.any():
        part = cv2.GaussianBlur(part, (3, 3), *deviation.clip(1e-3), borderType=cv2.BORDER_REPLICATE)
    centres = matrix.copy()
    centres[:, 2] += matrix[:, :2].sum(1) / 2 - 0.5  # of indices, not of points
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    planes = list(found)
    if len(planes) == 3:
        part, planes = cv2.cvtColor(part, cv2.COLOR_RGB2RGBA), [*planes, np.empty_like(found[0])]
    square = cv2.warpAffine(part, centres, found.shape[1:], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    cv2.split(square, planes)
    if beyond:
        found *= _inside(matrix, part.shape[1::-1], found.shape[-1])
    return found


def _inside(matrix: Floats, extent: tuple[int, ...], size: int) -> npt.NDArray[np.bool_]:
    """Return which output pixels have their centre in the picture, [size, size]."""
    line = np.arange(size) + 0.5
    x, y = (row[0] * line + (row[1] * line + row[2])[:, None] for row in matrix)
    return (x >= 0) & (x < extent[0]) & (y >= 0) & (y < extent[1])


def _by_pillow(part: Images, matrix: Floats, deviation: Floats, found: Images) -> Images:
    for axis, value in enumerate(deviation[::-1].tolist()):
        part = _blurred(part, axis, value) if value else part
    flat, size = tuple(matrix.ravel().tolist()), found.shape[1:]
    square = Image.fromarray(part).transform(size, Image.Transform.AFFINE, flat, Image.Resampling.BILINEAR, fillcolor=0)
    found[:] = np.asarray(square).reshape(*size, -1).transpose(2, 0, 1)
    return found


def _blurred(part: Images, axis: int, deviation: float) -> Images:
    """Return pixels blurred along an axis by three weights, which are whole numbers of 1/256, as OpenCV has them."""
    weight = math.exp(-0.5 / deviation**2)
    side = round(256 * weight / (1 + 2 * weight))
    edged = np.moveaxis(np.pad(part, [(int(axis == i),) * 2 for i in range(part.ndim)], mode="edge"), axis, 0)
    sums = np.add(edged[:-2], edged[2:], dtype=np.uint16)
    sums *= np.uint16(side)
    sums += np.multiply(edged[1:-1], np.uint16(256 - 2 * side), dtype=np.uint16)  # at most 255 * 256
    sums += np.uint16(128)
    return np.moveaxis((sums >> 8).astype(np.uint8), 0, axis)
