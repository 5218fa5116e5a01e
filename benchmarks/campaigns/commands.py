"""Commands called in this process, as a terminal would call them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

import click

from gcnlabel.cli import main

MAIN = ModuleType("__main__")
MAIN.__spec__ = find_spec("gcnlabel.__main__")
"""What the processes that a command starts take for the program: ``python -m gcnlabel``, not a campaign."""


def called(*words: object) -> None:
    """Call a command.

    Raises:
        SystemExit: It has ended with an error.
    """
    context = [str(word) for word in words]
    sys.argv = ["gcnlabel", *context]
    sys.modules["__main__"] = MAIN
    try:
        main.main(context, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from error
