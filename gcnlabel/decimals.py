"""Format numbers."""

from __future__ import annotations


def decimal(value: float, digits: int, sign: str = "") -> str:
    """Return a number with fixed decimals, without the sign of a negative number that is rounded to 0.

    Args:
        value: The number.
        digits: Number of decimals.
        sign: ``+`` to show the sign of positive numbers.

    Example:
        >>> decimal(-0.0004, 3), decimal(-0.5, 3), decimal(0.5, 1, "+"), decimal(-0.0004, 3, "+")
        ('0.000', '-0.500', '+0.5', '+0.000')
    """
    return f"{round(value, digits) + 0.0:{sign}.{digits}f}"


def short_decimal(value: float, digits: int, sign: str = "") -> str:
    """Return :func:`decimal` without the leading zero, as papers print scores.

    Example:
        >>> short_decimal(0.768, 3), short_decimal(-0.01, 2, "+"), short_decimal(0.9996, 3), short_decimal(10.2, 2)
        ('.768', '-.01', '1.000', '10.20')
    """
    text = decimal(value, digits, sign)
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text
