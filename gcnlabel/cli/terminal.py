"""Text on the terminal that shows names as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def terminal() -> Console:
    """Return a console that prints names with brackets and colons as they are, and never as styles or pictures."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def printable(text: object) -> str:
    r"""Return a text whose control characters, which could command the terminal, are spelled out.

    Example:
        >>> printable("a\x1b[2Jb")
        'a\\x1b[2Jb'
    """
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else sign.encode("unicode_escape").decode() for sign in str(text)
    )
