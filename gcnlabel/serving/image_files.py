"""Images in requests, as files for those who read files."""

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
"""Of images in requests, as Pillow calls them: it decodes them in this process, without other programs."""


@contextmanager
def image_file(content: Any, pixels: int) -> Iterator[Path]:
    """Keep the bytes of an image as a file while the block runs; messages of the block do not name it.

    Args:
        content: The bytes.
        pixels: Pixels that it may have.

    Raises:
        InputError: They are no image of :data:`FORMATS`, or it has too many pixels.
    """
    if not isinstance(content, bytes):
        raise InputError("an input is no image", expected="image files in multipart/form-data, or one as the body")
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
    with opened(path) as picture:  # its header alone is read
        if picture.format not in FORMATS:
            raise InputError(f"an image in the format {picture.format}")
        if picture.width * picture.height > pixels:
            size = f"{picture.width} x {picture.height}"
            raise TooLargeError(f"an image of {size} pixels", expected=f"at most {pixels} pixels")
