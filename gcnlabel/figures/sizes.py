"""Heights of figures."""

from __future__ import annotations

MAX_ASPECT, MAX_HEIGHT = 1.5, 9.0
"""Largest height-to-width ratio of a figure, and its largest height in inches."""


def matrix_height(width: float, size: int) -> float:
    """Return the height in inches of a figure of one square matrix with ``size`` rows and a colour bar."""
    return min(0.92 * width, 0.9 + 0.45 * size)
