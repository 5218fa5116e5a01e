"""Photographs as a detector looks into them, and as they are annotated: upright, in RGB, of bounded size."""

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
"""Pixels that the longer side of a JPEG keeps at least, where it is decoded smaller."""


def read_photograph(path: Path, side: int = MAX_SIDE) -> tuple[Image.Image, float]:
    """Return a picture, upright and in RGB, and how many of its pixels one of the file's is long.

    A JPEG is decoded at a half, a quarter or an eighth of its size where its longer side keeps ``side`` pixels.

    Raises:
        InputError: It is missing, truncated, no image, or has more than 8 bits a channel.
    """
    with opened(path) as image:
        if image.mode[0] in "IF":
            raise InputError(f"image {path} has more than 8 bits a channel", expected="8", fix="scale it to 8 bits")
        width, shrink = image.width, max(1.0, max(image.size) / side)
        image.draft(None, (math.ceil(image.width / shrink), math.ceil(image.height / shrink)))
        image.load()
        return upright(image).convert("RGB"), image.width / width


def photographs(files: Mapping[str, Path], unreadable: dict[str, str], *, strict: bool) -> Iterator[Picture]:
    """Yield the pictures of files; what cannot be read is noted in ``unreadable``, or raised if ``strict``.

    Raises:
        InputError: None can be read.
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
