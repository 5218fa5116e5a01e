"""Measure the width of texts in points, and shorten names to a width."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def text_width(text: str, size: float) -> float:
    """Return the width of one line of text in points, in the font of the current style.

    Args:
        text: The line.
        size: Font size in points.
    """
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size), ismath=False)
    return float(width)


def widest(texts: Iterable[str], size: float) -> float:
    """Return the width of the widest text in points, 0 for no texts."""
    return max((text_width(text, size) for text in set(texts)), default=0.0)


def shortened(text: str, size: float, width: float) -> str:
    """Return the text on one line, with an ellipsis in the middle if it is wider than ``width`` points.

    Example:
        >>> shortened("arousal", 7, 100), shortened("a very long name of label 12", 7, 60)
        ('arousal', 'a very l…abel 12')
    """
    text = " ".join(text.split())
    if text_width(text, size) <= width:
        return text
    low, high = 2, len(text) - 1  # ``low`` characters fit (or are the minimum), ``high`` are not known to
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if text_width(_without_middle(text, middle), size) <= width else (low, middle)
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    return text[: (kept + 1) // 2].rstrip() + ELLIPSIS + text[len(text) - kept // 2 :].lstrip()
