"""Pictures as they are meant to be seen: turned or mirrored as their EXIF data say."""

from __future__ import annotations

from typing import TypeVar

from PIL import Image

ORIENTATION = 0x0112
"""EXIF's tag of the orientation, 1 to 8; 1 is upright."""

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
    """Return a picture upright; one that is stored so is returned as it is, without being decoded.

    Example:
        >>> picture = Image.new("L", (4, 2))
        >>> picture.getexif()[ORIENTATION] = 6
        >>> upright(picture).size
        (2, 4)
    """
    turn = None if image.format == "TIFF" else TURNS.get(_orientation(image))  # Pillow turns TIFF as it decodes
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    """Return the orientation, 1 where EXIF data are absent or damaged, as viewers do."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # whatever damaged EXIF data make Pillow raise, the picture itself may be whole
        return 1
