"""Align a face: rotate, crop and resize it in one affine warp.

The paper rotates the image about the eyes' midpoint until the eyes are level, then crops the face box and resizes it.
The centre of the rotation only moves the box, so all three steps are one affine map from the box, rotated with the face
about its own centre, to the output square. With centre c, width w and height h of the box, and the angle of the line
through the eye centres ``a = atan2(y2 - y1, x2 - x1)``, the output point (X, Y) of a square of side S shows the point

    c + (X / S - 1/2) w (cos a, sin a) + (Y / S - 1/2) h (-sin a, cos a)

Coordinates are those of the upright image (rotated by its EXIF orientation), pixel edges are integers, and y points
down. Points outside the image are black.

The published code of Emotion-GCN differs, so its checkpoints were trained on other crops of tilted heads: it truncates
eye centres to whole pixels, and rotates the box about its upper left corner instead of its centre
(``emotion-gcn-code``):

    (x1, y1) + X / S w (cos a, sin a) + Y / S h (-sin a, cos a)

This moves a box of 227 pixels by 27 pixels at 10 degrees, and by 56 at 20.

If the face is reduced, a JPEG is decoded at a reduced size; :mod:`gcnlabel.faces.warp` applies the map with
antialiasing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.data.decoding import draft, pixels
from gcnlabel.data.upright import upright
from gcnlabel.errors import InputError
from gcnlabel.faces.warp import warp

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

PADDED = "box partly outside the image (padded with black)"
OUTSIDE = "box wholly outside the image (all black)"
CENTRE, EMOTION_GCN_CODE = "centre", "emotion-gcn-code"
ALIGNMENTS = (CENTRE, EMOTION_GCN_CODE)
EYES_UNKNOWN = "eyes unknown (not turned)"
EYES_EQUAL = "eye points equal (not turned)"
EYES_OUTSIDE = "eye point outside the image (not turned)"


@dataclass(frozen=True)
class Placement:
    """Position of a face in its image, in pixels.

    Attributes:
        centre: Centre of the box, [2].
        extent: Width and height of the box, along the face's own axes, [2].
        angle: Angle of the line through the eyes in radians, positive for clockwise on the screen.
        image_size: Width and height of the image.
        eyes: Irregularities of the eyes, for the report.
    """

    centre: Floats
    extent: Floats
    angle: float
    image_size: tuple[int, int]
    eyes: tuple[str, ...]

    @property
    def remarks(self) -> tuple[str, ...]:
        """Irregularities of the eyes and the box, for the report."""
        return (*self.eyes, *_covered(self))

    def axes(self) -> Floats:
        """Return the face's rightward and downward directions as columns, [2, 2]."""
        c, s = self._turn()
        return np.array([[c, -s], [s, c]])

    def matrix(self, size: int) -> Floats:
        """Return the affine map [2, 3] from output points (X, Y, 1) to points of the image."""
        (c, s), (x, y), (across, down) = self._turn(), self.centre.tolist(), (self.extent / size).tolist()
        rows = ((c * across, -s * down, x), (s * across, c * down, y))
        return np.array([[a, b, at - (a + b) * size / 2] for a, b, at in rows])

    def shrink(self, size: int) -> Floats:
        """Return the number of image pixels per output pixel, along the image's x and y, [2]."""
        (c, s), (width, height) = self._turn(), self.extent.tolist()
        rows = ((c * width / size, s * height / size), (s * width / size, c * height / size))
        return np.array([math.sqrt(a * a + b * b) for a, b in rows])

    def _turn(self) -> tuple[float, float]:
        return math.cos(self.angle), math.sin(self.angle)


def place_face(
    image_size: tuple[int, int], box: npt.ArrayLike, eyes: npt.ArrayLike, alignment: str = CENTRE
) -> Placement:
    """Return the placement of a face.

    Args:
        image_size: Width and height of the image.
        box: x1, y1, x2, y2 of the face, [4]; NaN for the whole image.
        eyes: Eye centres (x, y), the left one in the image first, [2, 2]; NaN if unknown, for no rotation.
        alignment: Point that the box is rotated about, one of :data:`ALIGNMENTS`.

    Raises:
        InputError: The box is empty or not finite, or the alignment is unknown.

    Example:
        >>> p = place_face((100, 100), [20, 20, 60, 60], [[30, 30], [50, 50]])
        >>> p.centre.tolist(), p.extent.tolist(), round(math.degrees(p.angle)), p.remarks
        ([40.0, 40.0], [40.0, 40.0], 45, ())
    """
    if alignment not in ALIGNMENTS:
        raise InputError(f"alignment {alignment!r}", expected=" or ".join(ALIGNMENTS))
    given = np.asarray(box, dtype=np.float64).tolist()
    x1, y1, x2, y2 = edges = (0.0, 0.0, *image_size) if all(map(math.isnan, given)) else given
    if not all(map(math.isfinite, edges)) or x1 >= x2 or y1 >= y2:
        raise InputError(f"empty box {given}", expected="x1 < x2 and y1 < y2, or NaN for the whole image")
    points = np.asarray(eyes, dtype=np.float64)
    angle, remarks = _angle(image_size, points if alignment == CENTRE else np.trunc(points))
    centre, extent = np.array([(x1 + x2) / 2, (y1 + y2) / 2]), np.array([x2 - x1, y2 - y1])
    placement = Placement(centre, extent, angle, image_size, remarks)
    if alignment == EMOTION_GCN_CODE:
        placement = replace(placement, centre=np.array([x1, y1]) + placement.axes() @ (extent / 2))
    return placement


def align_face(
    image: Any, box: npt.ArrayLike, eyes: npt.ArrayLike, size: int, *, channels: int = 3, alignment: str = CENTRE
) -> Images:
    """Return an aligned face: rotated, cropped and resized, uint8 [size, size, channels].

    Args:
        image: A PIL image, which is rotated by its EXIF orientation, or an array uint8 [H, W], [H, W, 1] or [H, W, 3].
        box: x1, y1, x2, y2 of the face; NaN for the whole image.
        eyes: Eye centres (x, y), [2, 2]; NaN if unknown.
        size: Height and width of the aligned face.
        channels: 1 for grey, 3 for colour.
        alignment: Point that the box is rotated about, one of :data:`ALIGNMENTS`.

    Raises:
        InputError: The box is empty or not finite, or the alignment is unknown.

    Example:
        >>> picture = np.zeros((40, 40), dtype=np.uint8)
        >>> picture[10:20, 20:30] = 255
        >>> int(align_face(picture, [20, 10, 30, 20], np.full((2, 2), np.nan), 10, channels=1).min())
        255
    """
    picture = upright(image if isinstance(image, Image.Image) else Image.fromarray(_flat(np.asarray(image))))
    face = warp_faces(picture, [place_face(picture.size, box, eyes, alignment)], size, channels)[0]
    return face.transpose(1, 2, 0)


def warp_faces(image: Image.Image, placements: Sequence[Placement], size: int, channels: int = 3) -> Images:
    """Return the aligned faces of one upright image, which is decoded once, uint8 [faces, channels, size, size]."""
    mode = "L" if channels == 1 else "RGB"
    shrinks = [placement.shrink(size) for placement in placements]
    scale = draft(image, max(np.min(shrinks), 1), mode)
    picture = pixels(image, mode, scale)
    faces = np.zeros((len(placements), channels, size, size), dtype=np.uint8)
    for face, placement, shrink in zip(faces, placements, shrinks, strict=True):
        warp(picture, placement.matrix(size) / scale, shrink / scale, face)
    return faces


def _angle(image_size: tuple[int, int], eyes: Floats) -> tuple[float, tuple[str, ...]]:
    (x1, y1), (x2, y2) = eyes.tolist()
    if not all(map(math.isfinite, (x1, y1, x2, y2))):
        return 0.0, (EYES_UNKNOWN,)
    if min(x1, y1, x2, y2) < 0 or max(x1, x2) > image_size[0] or max(y1, y2) > image_size[1]:
        return 0.0, (EYES_OUTSIDE,)
    dx, dy = x2 - x1, y2 - y1
    if math.hypot(dx, dy) < 1e-6:
        return 0.0, (EYES_EQUAL,)
    return math.atan2(dy, dx), ()


def _covered(placement: Placement) -> tuple[str, ...]:
    """Return remarks on a box that is partly or wholly outside the image, by the separating axis theorem."""
    image_size = np.array(placement.image_size)
    signs = np.array([[-1, 1, -1, 1], [-1, -1, 1, 1]]) / 2
    corners = placement.centre[:, None] + placement.axes() @ (placement.extent[:, None] * signs)  # [2, 4]
    if ((corners > 0) & (corners < image_size[:, None])).all():
        return ()
    beyond = ((corners < -0.5) | (corners > image_size[:, None] + 0.5)).any()
    picture = image_size[:, None] * (signs + 0.5) - placement.centre[:, None]
    in_box = placement.axes().T @ picture / placement.extent[:, None]
    apart = (corners.max(1) <= 0) | (corners.min(1) >= image_size) | (in_box.max(1) <= -0.5) | (in_box.min(1) >= 0.5)
    return (OUTSIDE,) if apart.any() else (PADDED,) if beyond else ()


def _flat(array: Images) -> Images:
    return array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
