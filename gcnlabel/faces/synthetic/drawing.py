"""Soft-edged shapes on a batch of images, from signed distances."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Point = tuple[Any, Any]


class Canvas:
    """A batch of grey images that shapes are painted on, in the coordinates of each face.

    Args:
        x: Horizontal coordinate of each pixel in its face, [B, H, W].
        y: Vertical coordinate, upwards, [B, H, W].
        pixel: Size of a pixel in these coordinates.
        tone: Grey of the background, 0..1, [B].
    """

    def __init__(self, x: Floats, y: Floats, pixel: float, tone: Floats) -> None:
        self.x, self.y, self.pixel = x, y, np.float32(pixel)
        self.image: Floats = np.broadcast_to(column(tone), x.shape).astype(np.float32).copy()

    def window(self, rows: slice, columns: slice) -> Canvas:
        """Return a part of the canvas that paints into this one; shapes that lie inside are drawn faster there."""
        part = copy.copy(self)
        part.x, part.y = self.x[:, rows, columns], self.y[:, rows, columns]
        part.image = self.image[:, rows, columns]
        return part

    def cover(self, distance: Floats) -> Floats:
        """Return how much of each pixel lies inside a shape, 0..1, from its signed distance (negative inside)."""
        covered: Floats = (np.float32(0.5) - distance / self.pixel).clip(0, 1)
        return covered

    def paint(self, cover: Floats, tone: npt.ArrayLike) -> None:
        """Blend a grey over what is covered."""
        self.image += cover * (column(tone) - self.image)

    def ellipse(self, cx: npt.ArrayLike, cy: npt.ArrayLike, rx: npt.ArrayLike, ry: npt.ArrayLike) -> Floats:
        """Return the cover of an ellipse."""
        dx, dy = (self.x - column(cx)) / column(rx), (self.y - column(cy)) / column(ry)
        return self.cover((np.sqrt(dx * dx + dy * dy) - 1) * np.minimum(column(rx), column(ry)))

    def stroke(self, points: Sequence[Point], width: npt.ArrayLike) -> Floats:
        """Return the cover of a line through points."""
        squared = np.minimum.reduce([self._segment(a, b) for a, b in itertools.pairwise(points)])
        return self.cover(np.sqrt(squared) - column(width) / 2)

    def between(self, lower: Floats, upper: Floats, left: npt.ArrayLike, right: npt.ArrayLike) -> Floats:
        """Return the cover of the region between two curves y(x) [B, H, W] and two verticals."""
        sides = np.maximum(column(left) - self.x, self.x - column(right))
        return self.cover(np.maximum(np.maximum(lower - self.y, self.y - upper), sides))

    def _segment(self, a: Point, b: Point) -> Floats:
        """Return the squared distance of each pixel to a segment."""
        (ax, ay), (bx, by) = ((column(px), column(py)) for px, py in (a, b))
        dx, dy = bx - ax, by - ay
        x, y = self.x - ax, self.y - ay
        t = ((x * dx + y * dy) / (dx * dx + dy * dy + np.float32(1e-9))).clip(0, 1)
        x -= t * dx
        y -= t * dy
        squared: Floats = x * x + y * y
        return squared


def column(values: npt.ArrayLike) -> Floats:
    """Return values [B] as [B, 1, 1]; a number unchanged."""
    array: Floats = np.asarray(values, dtype=np.float32)
    return array[:, None, None] if array.ndim == 1 else array
