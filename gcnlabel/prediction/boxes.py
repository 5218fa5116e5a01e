"""Draw boxes with predictions into an image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from PIL import Image, ImageColor, ImageDraw, ImageFont

from gcnlabel.decimals import decimal
from gcnlabel.figures.style import COLOURS
from gcnlabel.prediction.detected import BOX, Detected
from gcnlabel.prediction.predictions import Predictions

SHADES = COLOURS[:6]
"""Colours of the numbers 1, 2, ..., repeated cyclically."""
TEXT_HEIGHT, MIN_TEXT = 1 / 32, 11
"""Height of a line of text: fraction of the image's shorter side, and minimum in pixels."""
MAX_TAGS = 3
MAX_SIDE = 1920
"""Maximum length in pixels of the longer side of a copy."""


class Box(NamedTuple):
    """A detection: its box (x, y, width, height in pixels), its number, and lines of text with its predictions."""

    edges: Sequence[float]
    number: int
    lines: list[str]


def draw_box(picture: Image.Image, box: Sequence[float], number: int, lines: Sequence[str]) -> None:
    """Draw a box and lines of text into an RGB image, in the colour of its number.

    The text is placed above the box or, without enough space there, below or inside it; always within the image.

    Args:
        picture: Image, changed in place.
        box: x, y, width, height in pixels, [4].
        number: Number of the detection, which selects the colour.
        lines: Lines of text.
    """
    x, y, width, height = box
    shade = shade_of(number)
    size = max(MIN_TEXT, round(min(picture.size) * TEXT_HEIGHT))
    draw, pen = ImageDraw.Draw(picture, "RGBA"), max(2, size // 8)
    draw.rounded_rectangle((x, y, x + max(width, 1), y + max(height, 1)), radius=size // 2, outline=shade, width=pen)
    text, font = "\n".join([f"#{number} {lines[0]}", *lines[1:]]), _font(size)
    left, upper, right, lower = draw.multiline_textbbox((0, 0), text, font=font, spacing=size // 4)
    pad = size // 3
    wide, high = right - left + 2 * pad, lower - upper + 2 * pad
    at_x = min(max(x, 0), max(picture.width - wide, 0))
    at_y = next((y_ for y_ in (y - high - pen, y + height + pen) if 0 <= y_ <= picture.height - high), None)
    at_y = min(max(y + pen, 0), max(picture.height - high, 0)) if at_y is None else at_y
    ground = (*ImageColor.getrgb(shade), 225)
    draw.rounded_rectangle((at_x, at_y, at_x + wide, at_y + high), radius=pad, fill=ground)
    ink = "black" if sum(w * c for w, c in zip((0.299, 0.587, 0.114), ground, strict=False)) > 140 else "white"
    draw.multiline_text((at_x + pad - left, at_y + pad - upper), text, font=font, fill=ink, spacing=size // 4)


def shade_of(number: int) -> str:
    """Return the colour of a number, counted from 1.

    Example:
        >>> shade_of(1) == shade_of(7) == COLOURS[0]
        True
    """
    return SHADES[(number - 1) % len(SHADES)]


def spoken(predictions: Predictions, row: int) -> list[str]:
    """Return the predictions of an input as lines of text: class and probability, tags, values of dimensions.

    Example:
        >>> import numpy as np
        >>> from gcnlabel.tasks import Categorical, Dimensional, TaskSet
        >>> tasks = TaskSet([Categorical("face", ["sad", "happy"]), Dimensional("affect", ["valence", "arousal"])])
        >>> values = {"face": np.array([[0.25, 0.75]]), "affect": np.array([[0.5, -0.25]])}
        >>> spoken(Predictions(tasks, ["a.png"], values), 0)
        ['happy 75%', 'valence +0.50', 'arousal -0.25']
    """
    lines = []
    for task in predictions.tasks:
        values = predictions.values[task.name][row]
        if task.exclusive:
            lines.append(f"{task.labels[int(values.argmax())]} {values.max():.0%}")
        elif task.discrete:
            over = values - predictions.threshold(task.name)
            order = [i for i in (-over).argsort().tolist() if over[i] >= 0]
            more = f" +{len(order) - MAX_TAGS}" if len(order) > MAX_TAGS else ""
            lines.append(", ".join(task.labels[i] for i in order[:MAX_TAGS]) + more if order else "no tag")
        else:
            sign = "+" if task.bounds[0] < 0 else ""
            lines += [
                f"{label} {decimal(float(value), 2, sign)}" for label, value in zip(task.labels, values, strict=True)
            ]
    return lines


def boxes_by(found: Detected, key: str) -> dict[Any, list[Box]]:
    """Return the name of each processed image, or the number of each frame -> boxes of its detections.

    Args:
        found: Detections with their predictions.
        key: Column to group by, ``image`` or ``frame``.
    """
    boxes: dict[Any, list[Box]] = {}
    row = 0
    for cells in found.where.iter_rows(named=True):
        here = boxes.setdefault(cells[key], [])
        if cells["score"] is not None:
            here.append(Box([cells[name] for name in BOX], cells["number"], spoken(found, row)))
            row += 1
    return boxes


def drawn(picture: Image.Image, boxes: Sequence[Box], scale: float = 1.0) -> Image.Image:
    """Return a copy with boxes and text; its sides are even and have at most :data:`MAX_SIDE` pixels.

    Args:
        picture: RGB image.
        boxes: Detections to draw.
        scale: Pixels of ``picture`` per pixel of the boxes' coordinates.
    """
    shrink = min(1.0, MAX_SIDE / max(picture.size))
    width, height = (max(2, round(length * shrink / 2) * 2) for length in picture.size)
    same = (width, height) == picture.size
    copy = picture.copy() if same else picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    for box in boxes:
        draw_box(copy, [value * scale * shrink for value in box.edges], box.number, box.lines)
    return copy


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font of the figures, which covers many scripts."""
    return ImageFont.truetype(str(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans.ttf")), size)
