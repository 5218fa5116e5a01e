"""Decode images; JPEG files with OpenCV if it is installed, which gives the same values faster."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.data.opencv import opencv

REDUCED = {1: 0, 2: 16, 4: 32, 8: 64}
"""OpenCV's flags that decode every n-th row and column of a JPEG file (``IMREAD_REDUCED_GRAYSCALE_2``, ...)."""


def draft(image: Image.Image, shrink: float, mode: str) -> int:
    """Let a JPEG image that is not decoded yet be decoded at a reduced size, and return the reduction factor.

    The factor is 1, 2, 4 or 8; it is 1 for other formats.

    Args:
        image: The image, changed in place.
        shrink: Largest allowed reduction factor, at least 1.
        mode: ``L`` or ``RGB``.
    """
    width, height = image.size
    drafted = image.draft("L" if mode == "L" else None, (-int(-width // shrink), -int(-height // shrink)))
    return 1 if drafted is None else round(width / drafted[1][2])


def pixels(image: Image.Image, mode: str, scale: int = 1) -> npt.NDArray[np.uint8]:
    """Return the pixels of an image, uint8 [H, W] for mode ``L`` or [H, W, 3] for ``RGB``.

    Args:
        image: The image.
        mode: ``L`` or ``RGB``.
        scale: Reduction factor from :func:`draft`.
    """
    cv2 = opencv()
    file = getattr(image, "fp", None)  # None if it is already decoded
    if cv2 is not None and file is not None and image.format == "JPEG" and image.mode == mode == "RGB":
        file.seek(0)
        coded = np.frombuffer(file.read(), dtype=np.uint8)
        flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION | REDUCED[scale]
        found: npt.NDArray[np.uint8] | None = cv2.imdecode(coded, flags)
        if found is not None:
            return found
    return np.asarray(image if image.mode == mode else image.convert(mode))  # Pillow reports damaged files
