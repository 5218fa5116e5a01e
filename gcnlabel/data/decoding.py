"""Pictures -> their pixels; JPEG files by OpenCV where it is installed, which gives the same values sooner."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from gcnlabel.data.opencv import opencv

REDUCED = {1: 0, 2: 16, 4: 32, 8: 64}
"""Each n-th row and column of a JPEG file, as OpenCV's flags have it (``IMREAD_REDUCED_GRAYSCALE_2`` and so on)."""


def draft(image: Image.Image, shrink: float, mode: str) -> int:
    """Let a picture that is not decoded yet be decoded with fewer pixels, and return how many times fewer a row.

    Only JPEG files can; the scale is 1, 2, 4 or 8.

    Args:
        image: The picture, changed in place.
        shrink: How many times fewer may do, at least 1.
        mode: ``L`` or ``RGB``.
    """
    width, height = image.size
    drafted = image.draft("L" if mode == "L" else None, (-int(-width // shrink), -int(-height // shrink)))
    return 1 if drafted is None else round(width / drafted[1][2])


def pixels(image: Image.Image, mode: str, scale: int = 1) -> npt.NDArray[np.uint8]:
    """Return the pixels of a picture, uint8 [H, W] of mode ``L`` or [H, W, 3] of ``RGB``.

    Args:
        image: The picture.
        mode: ``L`` or ``RGB``.
        scale: What :func:`draft` returned.
    """
    cv2 = opencv()
    file = getattr(image, "fp", None)  # None where it is decoded already
    if cv2 is not None and file is not None and image.format == "JPEG" and image.mode == mode == "RGB":
        file.seek(0)
        coded = np.frombuffer(file.read(), dtype=np.uint8)
        flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION | REDUCED[scale]
        found: npt.NDArray[np.uint8] | None = cv2.imdecode(coded, flags)
        if found is not None:
            return found
    return np.asarray(image if image.mode == mode else image.convert(mode))  # it says what is wrong with the file
