"""Warp a region of an image to a square by an affine map: antialiasing filter, then bilinear sampling.

An output pixel should be the mean over the area that it covers. Let s be the number of image pixels per output pixel.
For s >= 2 the image is first averaged over blocks of floor(s) pixels; the remaining reduction, 1 <= s < 2, is preceded
by a Gaussian blur with a 3 x 3 kernel of

    standard deviation = 0.7 sqrt(1 - 1 / s^2)  pixels

The factor 0.7 was chosen to approximate the area mean on photographs: the mean difference is 1 level (of 255) at all s.
OpenCV is several times faster than Pillow, and gives the same result up to rounding.
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
"""Margin around the region for blur and sampling, in output pixels."""


def warp(pixels: Images, matrix: Floats, shrink: Floats, size: int) -> Images:
    """Return a square region of an image, uint8 [C, size, size]; black outside the image.

    Args:
        pixels: The image, uint8 [H, W] or [H, W, 3].
        matrix: Affine map [2, 3] from output points (X, Y, 1) to points of the image, with pixel edges at integers.
        shrink: Image pixels per output pixel along the image's x and y, [2].
        size: Width and height of the output.
    """
    whole = np.array(pixels.shape[1::-1])
    shrink = np.maximum(shrink, 1)
    corners = matrix @ np.array([[0, size, 0, size], [0, 0, size, size], [1, 1, 1, 1]])  # [2, 4]
    low = np.floor(corners.min(1) - MARGIN * shrink).clip(0, whole).astype(int)
    high = np.ceil(corners.max(1) + MARGIN * shrink).clip(0, whole).astype(int)
    found = np.zeros((1 if pixels.ndim == 2 else 3, size, size), dtype=np.uint8)
    if (low >= high).any():
        return found
    part, blocks = pixels[low[1] : high[1], low[0] : high[0]], shrink.astype(int)
    if (blocks > 1).any():
        part = np.asarray(Image.fromarray(part).reduce(tuple(blocks.tolist())))
    local = (matrix - np.array([[0, 0, low[0]], [0, 0, low[1]]])) / blocks[:, None]
    deviation = 0.7 * np.sqrt(1 - (blocks / shrink) ** 2)
    beyond = bool((corners < 0).any() or (corners > whole[:, None]).any())
    cv2 = opencv()
    if cv2 is None:
        return _by_pillow(part, local, deviation, found)
    with one_thread(cv2):
        return _by_opencv(cv2, part, local, deviation, found, beyond=beyond)


def _by_opencv(cv2: Any, part: Images, matrix: Floats, deviation: Floats, found: Images, *, beyond: bool) -> Images:
    if deviation.any():
        part = cv2.GaussianBlur(part, (3, 3), *deviation.clip(1e-3), borderType=cv2.BORDER_REPLICATE)
    centres = matrix + np.column_stack([np.zeros((2, 2)), matrix[:, :2].sum(1) / 2 - 0.5])  # maps pixel indices
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    square = cv2.warpAffine(part, centres, found.shape[1:], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    cv2.split(square, list(found))
    if beyond:
        found *= _inside(matrix, part.shape[1::-1], found.shape[-1])
    return found


def _inside(matrix: Floats, extent: tuple[int, ...], size: int) -> npt.NDArray[np.bool_]:
    """Return which output pixels have their centre in the image, bool [size, size]."""
    line = np.arange(size) + 0.5
    x, y = (row[0] * line + row[1] * line[:, None] + row[2] for row in matrix)
    return (x >= 0) & (x < extent[0]) & (y >= 0) & (y < extent[1])


def _by_pillow(part: Images, matrix: Floats, deviation: Floats, found: Images) -> Images:
    for axis, value in enumerate(deviation[::-1].tolist()):
        part = _blurred(part, axis, value) if value else part
    flat, size = tuple(matrix.ravel().tolist()), found.shape[1:]
    square = Image.fromarray(part).transform(size, Image.Transform.AFFINE, flat, Image.Resampling.BILINEAR, fillcolor=0)
    found[:] = np.asarray(square).reshape(*size, -1).transpose(2, 0, 1)
    return found


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
