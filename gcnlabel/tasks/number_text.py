"""Parse numbers that are written as text."""

from __future__ import annotations


def number_of(text: str) -> float:
    """Return ``float(text)``, but refuse underscores, which ``float`` accepts: ``1_0`` is not 10.

    Raises:
        ValueError: The text is not a number.

    Example:
        >>> number_of(" 1.5e1 ")
        15.0
    """
    if "_" in text:
        raise ValueError(f"could not convert string to float: {text!r}")
    return float(text)
