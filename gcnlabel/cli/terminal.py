"""Print text on the terminal without interpreting names as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gcnlabel.cli.json_results import AS_JSON

if TYPE_CHECKING:
    from rich.console import Console


def terminal() -> Console:
    """Return a console that does not interpret brackets and colons in names as styles or emoji.

    It prints nothing if the running command prints JSON (``--json``).
    """
    from rich.console import Console

    context = click.get_current_context(silent=True)
    quiet = context is not None and bool(context.meta.get(AS_JSON))
    return Console(markup=False, emoji=False, highlight=False, quiet=quiet)


def show_markdown(text: str) -> None:
    """Print Markdown, rendered on a terminal and unchanged in pipes and files."""
    console = terminal()
    if not console.is_terminal:
        console.print(text, soft_wrap=True)
        return
    from rich.markdown import Markdown

    console.print(Markdown(text))


def printable(text: object) -> str:
    r"""Return a text with escaped control characters, which could otherwise control the terminal.

    Example:
        >>> printable("a\x1b[2Jb")
        'a\\x1b[2Jb'
    """
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else sign.encode("unicode_escape").decode() for sign in str(text)
    )
