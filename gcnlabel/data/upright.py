"""Rotate and mirror images by their EXIF orientation."""

from __future__ import annotations

from typing import TypeVar

from PIL import Image

ORIENTATION = 0x0112
"""EXIF tag of the orientation, 1 to 8; 1 is upright."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
Picture = TypeVar("Picture", bound=Image.Image)


def upright(image: Picture) -> Picture | Image.Image:
    """Return an image rotated by its EXIF orientation; an upright image is returned unchanged and not decoded.

    Example:
        >>> picture = Image.new("L", (4, 2))
        >>> picture.getexif()[ORIENTATION] = 6
        >>> upright(picture).size
        (2, 4)
    """
    turn = None if image.format == "TIFF" else TURNS.get(_orientation(image))  # Pillow already rotates TIFF
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation; 1 if EXIF data are absent or damaged, as image viewers do."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged EXIF data raise many exceptions, but the image itself may be complete
        return 1
