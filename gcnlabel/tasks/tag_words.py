"""Texts that mean "present" or "absent" in the column of a tag."""

from __future__ import annotations

from gcnlabel.tasks.number_text import number_of

NUMBER_PAIRS = (("0", "1"), ("-1", "1"))
WORD_PAIRS = (("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("absent", "present"))
PAIRS = (*NUMBER_PAIRS, *WORD_PAIRS)
"""Known (absent, present) pairs of values, in lower case."""
WORDS = {word: value for pair in WORD_PAIRS for value, word in enumerate(pair)}
"""Lower-case words -> 0 (absent) or 1 (present)."""


def tag_value(text: str) -> int | None:
    """Return 1 (present), 0 (absent), -1 (its meaning depends on the other values of the column) or None (unknown).

    Example:
        >>> [tag_value(text) for text in ("TRUE", "n", "1.000000", "-1", "2", "maybe")]
        [1, 0, 1, -1, None, None]
    """
    word = WORDS.get(text.strip().lower())
    if word is not None:
        return word
    try:
        number = number_of(text)
    except ValueError:
        return None
    return int(number) if number in (-1, 0, 1) else None
