"""The command line; one module a command."""

from gcnlabel.cli.main import main

__all__ = ["main"]
