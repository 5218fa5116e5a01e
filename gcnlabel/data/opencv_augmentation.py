"""The steps of :class:`~gcnlabel.data.BatchAugmentation` with OpenCV, image by image in integer arithmetic.

The maps are those of :mod:`gcnlabel.data.batch_colour`; values are rounded after each of them, so that a result differs
by 1 or 2 levels (of 255) from that in float32. With subtraction clipped at 0, c the largest minus the smallest channel
of a pixel, n the channel that follows channel x and b the one before it, a rotation of the hue by s sixths is

    x + min(s c - (n - x), b - x) - min(s c - (x - n), x - b)

which equals the formula there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.data.opencv import one_thread

Images = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


class ImageSteps:
    """The steps on one image at a time, with buffers shared by all images.

    Args:
        cv2: OpenCV.
        shape: (C, H, W) of the images, C = 1 or 3.
    """

    def __init__(self, cv2: Any, shape: tuple[int, int, int]) -> None:
        self.cv2 = cv2
        channels, height, width = shape
        self.circle = np.empty((5, height, width), dtype=np.uint8)  # blue, red, green, blue, red
        self.turned = np.empty(shape, dtype=np.uint8)
        self.pixels = np.empty((height, width, channels), dtype=np.uint8)
        self.mapped = np.empty_like(self.pixels)
        self.planes = np.empty((3, height, width), dtype=np.uint8)
        self.wide = np.empty((4, 3 * height, width), dtype=np.uint8)

    def turn(self, image: Images, degrees: float, mirrored: float) -> Images:
        """Return an image [C, H, W], mirrored, then rotated about its centre with black outside, in a shared buffer."""
        cv2, matrix = self.cv2, _turned_about_centre(image.shape[1:], degrees, mirrored)
        for plane, turned in zip(image, self.turned, strict=True):  # faster than all channels at once
            cv2.warpAffine(plane, matrix, turned.shape[::-1], turned, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return self.turned

    def colour(self, image: Images, out: Images, p: Floats, q: Floats, *hue: Any) -> None:
        """Change the colours of an image [C, H, W] by :func:`~gcnlabel.data.batch_colour.colour_maps`."""
        if not hue:
            self._map(image, p, q, out)
            return
        sixths, after_p, after_q = hue
        self._map(image, p, q, self.circle[1:4])
        self._map(self._hue(float(sixths)), after_p, after_q, out)

    def _map(self, planes: Images, p: Floats, q: Floats, out: Images) -> None:
        """Write ``P x + Q m`` of channels [C, H, W] with mean m; permuted channels are copied."""
        source = p.argmax(1)
        if not q.any() and np.array_equal(p, np.eye(len(p))[source]):
            out[:] = planes[source]
            return
        cv2 = self.cv2
        cv2.merge(list(planes), self.pixels)
        offset = q @ np.array(cv2.mean(self.pixels)[: len(p)])
        cv2.transform(self.pixels, np.column_stack([p, offset]), self.mapped)
        cv2.split(self.mapped, list(out))

    def _hue(self, sixths: float) -> Images:
        """Return ``self.circle``'s colours with rotated hue, [3, H, W], in a shared buffer."""
        cv2, (red, green, blue) = self.cv2, self.circle[1:4]
        self.circle[0], self.circle[4] = blue, red
        before, here, after = (self.circle[i : i + 3].reshape(-1, red.shape[1]) for i in range(3))  # [3 H, W]
        (high, low, chroma), (shift, rise, fall, beside) = self.planes, self.wide
        cv2.max(cv2.max(red, green, high), blue, high)
        cv2.min(cv2.min(red, green, low), blue, low)
        cv2.convertScaleAbs(cv2.subtract(high, low, chroma), chroma, sixths)
        self.wide[0].reshape(3, *red.shape)[:] = chroma
        cv2.min(self._left(shift, after, here, rise), cv2.subtract(before, here, beside), rise)
        cv2.min(self._left(shift, here, after, fall), cv2.subtract(here, before, beside), fall)
        turned: Images = cv2.subtract(cv2.add(here, rise, rise), fall, rise).reshape(3, *red.shape)
        return turned

    def _left(self, shift: Images, more: Images, less: Images, out: Images) -> Images:
        """Write and return ``shift - (more - less)``, both differences clipped at 0."""
        left: Images = self.cv2.subtract(shift, self.cv2.subtract(more, less, out), out)
        return left


def _turned_about_centre(size: tuple[int, ...], degrees: float, mirrored: float) -> Floats:
    """Return the affine map from output pixels to input pixels, [2, 3]."""
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    side = 1 - 2 * mirrored
    linear = np.array([[side * cosine, -side * sine], [sine, cosine]])
    centre = (np.array(size[::-1]) - 1) / 2
    return np.column_stack([linear, centre - linear @ centre])


def augment_each(
    cv2: Any, images: Images, changed: Images, moves: tuple[Floats, Floats] | None, maps: tuple[Floats, ...]
) -> None:
    """Write augmented images.

    Args:
        cv2: OpenCV.
        images: Images [B, C, H, W].
        changed: Output of the same shape.
        moves: Angles in degrees and whether each image is mirrored, [B] each; None if no image is rotated or mirrored.
        maps: Result of :func:`~gcnlabel.data.batch_colour.colour_maps`, [B, ...] each; empty if no colour changes.
    """
    steps = ImageSteps(cv2, images.shape[1:])
    with one_thread(cv2):
        for i, (image, out) in enumerate(zip(images, changed, strict=True)):
            moved = image if moves is None else steps.turn(image, *(float(move[i]) for move in moves))
            if maps:
                steps.colour(moved, out, *(each[i] for each in maps))
            else:
                out[:] = moved
