"""Heights of figures."""

from __future__ import annotations

MAX_ASPECT, MAX_HEIGHT = 1.5, 9.0
"""Height over width of a figure, at most, and its height in inches, at most: names may need more than a square."""


def matrix_height(width: float, size: int) -> float:
    """Return the height in inches of a figure of one square matrix of that many rows, with a bar of colours."""
    return min(0.92 * width, 0.9 + 0.45 * size)
