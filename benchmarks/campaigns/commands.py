"""Commands called in this process, as a terminal would call them."""

from __future__ import annotations

import sys

import click

from gcnlabel.cli import main


def called(*words: object) -> None:
    """Call a command.

    Raises:
        SystemExit: It has ended with an error.
    """
    context = [str(word) for word in words]
    sys.argv = ["gcnlabel", *context]
    try:
        main.main(context, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from error
