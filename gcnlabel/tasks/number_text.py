"""Numbers that files and people write as text."""

from __future__ import annotations


def number_of(text: str) -> float:
    """Return the number that a text writes, as ``float`` does, but for its underscores: ``1_0`` is a name, no ten.

    Raises:
        ValueError: It is none.

    Example:
        >>> number_of(" 1.5e1 ")
        15.0
    """
    if "_" in text:
        raise ValueError(f"could not convert string to float: {text!r}")
    return float(text)
