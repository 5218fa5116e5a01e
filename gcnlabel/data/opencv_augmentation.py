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
        self.pixels = np.empty((height, width, channels), dtype=np.uint8)
        self.mapped = np.empty_like(self.pixels)
        self.padded, self.turned = np.empty((2, height, width, 4), dtype=np.uint8)
        self.before, self.after = np.empty((2, *shape), dtype=np.uint8)  # the hue
        self.planes = np.empty((6, height, width), dtype=np.uint8)

    def interleaved(self, image: Images) -> Images:
        """Return an image [C, H, W] as [H, W, C], in a shared buffer."""
        self.cv2.merge(list(image), self.pixels)
        return self.pixels

    def move(self, image: Images, matrix: Floats) -> Images:
        """Return an image [C, H, W] warped by a map of :func:`turned_about_centre`, [H, W, C], in a shared buffer.

        OpenCV warps four channels in half the time of three.
        """
        cv2, size = self.cv2, image.shape[:0:-1]
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        if len(image) == 1:
            cv2.warpAffine(image[0], matrix, size, self.pixels, flags)
            return self.pixels
        cv2.merge([*image, image[0]], self.padded)
        cv2.warpAffine(self.padded, matrix, size, self.turned, flags)
        cv2.cvtColor(self.turned, cv2.COLOR_RGBA2RGB, self.pixels)
        return self.pixels

    def colour(self, pixels: Images, out: Images, p: Floats, q: Floats, *hue: Any) -> None:
        """Write pixels [H, W, C] with colours changed by a map of ``batch_colour.colour_maps`` to [C, H, W]."""
        if not hue:
            self._map(pixels, p, q, out)
            return
        sixths, after_p, after_q = hue
        self._map(pixels, p, q, self.before)
        self._hue(float(sixths))
        self._map(self.interleaved(self.after), after_p, after_q, out)

    def _map(self, pixels: Images, p: Floats, q: Floats, out: Images) -> None:
        """Write ``P x + Q m`` of pixels with mean m to [C, H, W]; permuted channels are copied."""
        source = p.argmax(1)
        if not q.any() and np.array_equal(p, np.eye(len(p))[source]):
            self.cv2.split(pixels, [out[i] for i in source.argsort()])
            return
        cv2 = self.cv2
        offset = q @ np.array(cv2.mean(pixels)[: len(p)])
        cv2.transform(pixels, np.hstack([p, offset[:, None]]), self.mapped)
        cv2.split(self.mapped, list(out))

    def _hue(self, sixths: float) -> None:
        """Write ``self.before`` with its hue rotated by sixths of a turn to ``self.after``."""
        cv2, (red, green, blue), (high, low, shift, rise, fall, beside) = self.cv2, self.before, self.planes
        cv2.max(cv2.max(red, green, high), blue, high)
        cv2.min(cv2.min(red, green, low), blue, low)
        cv2.convertScaleAbs(cv2.subtract(high, low, shift), shift, sixths)
        for i, out in enumerate(self.after):
            before, here, after = self.before[i - 1], self.before[i], self.before[(i + 1) % 3]
            cv2.subtract(shift, cv2.subtract(after, here, rise), rise)
            cv2.min(rise, cv2.subtract(before, here, beside), rise)
            cv2.subtract(shift, cv2.subtract(here, after, fall), fall)
            cv2.min(fall, cv2.subtract(here, before, beside), fall)
            cv2.subtract(cv2.add(here, rise, rise), fall, out)


def turned_about_centre(size: tuple[int, ...], degrees: Floats, mirrored: Floats) -> Floats:
    """Return affine maps from output to input pixels for images that are mirrored, then rotated, [B, 2, 3].

    Args:
        size: H, W.
        degrees: Counter-clockwise angles about the centre, [B].
        mirrored: 1 to mirror an image, else 0, [B].
    """
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    side = 1 - 2 * mirrored
    linear = np.array([[side * cosine, -side * sine], [sine, cosine]]).transpose(2, 0, 1)
    centre = (np.array(size[::-1]) - 1) / 2
    return np.concatenate([linear, (centre - linear @ centre)[:, :, None]], 2)


def augment_each(cv2: Any, images: Images, changed: Images, moves: Floats | None, maps: tuple[Floats, ...]) -> None:
    """Write augmented images.

    Args:
        cv2: OpenCV.
        images: Images [B, C, H, W].
        changed: Output of the same shape; black outside the input.
        moves: Result of :func:`turned_about_centre`, [B, 2, 3]; None if no image is rotated or mirrored.
        maps: Result of :func:`~gcnlabel.data.batch_colour.colour_maps`, [B, ...] each; empty if no colour changes.
    """
    steps = ImageSteps(cv2, images.shape[1:])
    with one_thread(cv2):
        for i, (image, out) in enumerate(zip(images, changed, strict=True)):
            pixels = steps.interleaved(image) if moves is None else steps.move(image, moves[i])
            if maps:
                steps.colour(pixels, out, *(each[i] for each in maps))
            else:
                cv2.split(pixels, list(out))
