"""Read photographs for a detector and for annotation: upright, in RGB, of bounded size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

from gcnlabel.data.images import opened
from gcnlabel.data.upright import upright
from gcnlabel.errors import InputError, shorten
from gcnlabel.prediction.detecting import Picture
from gcnlabel.prediction.images import first_line

MAX_SIDE = 4096
"""Minimum length in pixels of the longer side of a JPEG that is decoded at a reduced size."""


def read_photograph(path: Path, side: int = MAX_SIDE) -> tuple[Image.Image, float]:
    """Return an upright RGB image, and its number of pixels per pixel of the file (1 at full size).

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size if its longer side keeps at least ``side`` pixels.

    Raises:
        InputError: The file is missing, truncated or not an image, or has more than 8 bits per channel.
    """
    with opened(path) as image:
        if image.mode[0] in "IF":
            raise InputError(f"image {path} has more than 8 bits per channel", expected="8", fix="scale it to 8 bits")
        width, shrink = image.width, max(1.0, max(image.size) / side)
        image.draft(None, (math.ceil(image.width / shrink), math.ceil(image.height / shrink)))
        image.load()
        return upright(image).convert("RGB"), image.width / width


def photographs(files: Mapping[str, Path], unreadable: dict[str, str], *, strict: bool) -> Iterator[Picture]:
    """Yield the images of files; unreadable ones are added to ``unreadable`` or, if ``strict``, raise an error.

    Raises:
        InputError: An image cannot be read and ``strict`` is true, or none can be read.
    """
    for name, path in files.items():
        try:
            image, scale = read_photograph(path)
        except InputError as error:
            if strict:
                raise
            unreadable[name] = first_line(error)
            continue
        yield Picture((name,), image, scale)
    if len(unreadable) == len(files):
        reason = next(iter(unreadable.values()))
        raise InputError(f"none of the {len(files)} images can be read: {shorten(unreadable)}", where=reason)
