"""The options of every command that draws."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import click

NAMES = ("formats", "width", "styles")
"""Parameters that :func:`figure_options` adds."""


def figure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``, ``--width`` and ``--style`` to a command; it gets ``formats``, and draws in width and styles.

    A width or style that cannot be is refused before the command begins.
    """

    @click.option(
        "--format",
        "formats",
        multiple=True,
        default=("pdf",),
        show_default=True,
        type=click.Choice(["pdf", "svg", "png"]),
        help="Of figures; may be given again.",
    )
    @click.option(
        "--width",
        metavar="column|page|INCHES",
        help="Of figures: 3.3 inches, 7, or yours.  [default: by figure]",
    )
    @click.option(
        "--style",
        "styles",
        multiple=True,
        metavar="FILE|NAME",
        help="A style of matplotlib over that of the figures; may be given again.",
    )
    @functools.wraps(command)
    def with_style(*args: Any, width: str | None, styles: tuple[str, ...], **options: Any) -> Any:
        with ExitStack() as stack:
            if width is not None or styles:
                from gcnlabel.figures import figure_style

                stack.enter_context(figure_style(width, styles))
            return command(*args, **options)

    return with_style
