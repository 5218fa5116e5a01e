"""Options of all commands that draw figures."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import click

NAMES = ("formats", "width", "styles")
"""Parameters that :func:`figure_options` adds."""


def figure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command with ``--format``, ``--width`` and ``--style``.

    The command gets ``formats`` and runs with the width and styles applied, which are checked first.
    """

    @click.option(
        "--format",
        "formats",
        multiple=True,
        default=("pdf",),
        show_default=True,
        type=click.Choice(["pdf", "svg", "png"]),
        help="Format of figures, repeatable.",
    )
    @click.option(
        "--width",
        metavar="column|page|INCHES",
        help="Width of figures: column (3.3 inches), page (7), or in inches.  [default: by figure]",
    )
    @click.option(
        "--style",
        "styles",
        multiple=True,
        metavar="FILE|NAME",
        help="matplotlib style that overrides that of the figures, repeatable.",
    )
    @functools.wraps(command)
    def with_style(*args: Any, width: str | None, styles: tuple[str, ...], **options: Any) -> Any:
        with ExitStack() as stack:
            if width is not None or styles:
                from gcnlabel.figures import figure_style

                stack.enter_context(figure_style(width, styles))
            return command(*args, **options)

    return with_style
