"""Temporary files for the images in requests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gcnlabel.data.images import opened
from gcnlabel.errors import InputError
from gcnlabel.prediction.images import first_line
from gcnlabel.serving.errors import TooLargeError

FORMATS = ("BMP", "GIF", "JPEG", "MPO", "PNG", "TIFF", "WEBP")
"""Accepted image formats, by Pillow's name; all are decoded in this process, without external programs."""


@contextmanager
def image_file(content: Any, pixels: int) -> Iterator[Path]:
    """Write the bytes of an image to a temporary file for the ``with`` block; remove its path from error messages.

    Args:
        content: The bytes.
        pixels: Largest number of pixels.

    Raises:
        InputError: The bytes are not an image of :data:`FORMATS`, or it has too many pixels.
    """
    if not isinstance(content, bytes):
        raise InputError("an input is not an image", expected="image files in multipart/form-data, or one as the body")
    with tempfile.TemporaryDirectory(prefix="gcnlabel-") as folder:
        path = Path(folder).resolve() / "image"
        path.write_bytes(content)
        try:
            _check_picture(path, pixels)
            yield path
        except TooLargeError:
            raise
        except InputError as error:
            said = first_line(error).replace(f"image {path}", "the image").replace(f" '{path}'", "")
            raise InputError(said, expected=" | ".join(FORMATS)) from error


def _check_picture(path: Path, pixels: int) -> None:
    with opened(path) as picture:  # reads only the header
        if picture.format not in FORMATS:
            raise InputError(f"an image in the format {picture.format}")
        if picture.width * picture.height > pixels:
            size = f"{picture.width} x {picture.height}"
            raise TooLargeError(f"an image of {size} pixels", expected=f"at most {pixels} pixels")
