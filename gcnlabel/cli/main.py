"""The command group, which imports commands on use and prints one message for an error."""

from __future__ import annotations

import gc
import logging
import os
import warnings
from importlib import import_module
from typing import Any

import click

from gcnlabel import __version__
from gcnlabel.cli.ending import AGAIN, error_messages
from gcnlabel.cli.listing import command_files, command_module, summary
from gcnlabel.cli.old_calls import modernised
from gcnlabel.cli.terminal import printable
from gcnlabel.errors import NOTE, GcnlabelWarning

COLLECTION = (50_000, 20, 20)
"""Thresholds of the garbage collector: with Python's, it searches what torch imports again and again, for .7 s."""
COMPLETE = "_GCNLABEL_COMPLETE"
"""Environment variable that a shell sets to request completions."""


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are used."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line, or print completions for a shell."""
        gc.set_threshold(*COLLECTION)
        if COMPLETE in os.environ:
            import_module("gcnlabel.cli.completing")  # registers our bash completion
        return super().main(*args, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(command_files())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in command_files():
            return None
        command: click.Command = getattr(command_module(cmd_name), cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(path)) for name, path in command_files().items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; invalid input gives one message on stderr and exit code 2."""
        debug = ctx.params["debug"]
        if not debug:
            warnings.showwarning = _show_warning
            logging.disable(logging.INFO)  # Lightning's loggers set their own levels on import
        _show_notes()
        name = (ctx._protected_args or [""])[0]
        module = command_module(name) if name in command_files() else None
        with error_messages(getattr(module, "RESUME_HINT", AGAIN), debug=debug):
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of a command line, after converting calls of earlier versions."""
        return super().resolve_command(ctx, modernised(args))


class _Shown(logging.Handler):
    """Log handler that prints notes for the user."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(record.getMessage())


def _show_notes() -> None:
    logger = logging.getLogger("gcnlabel")
    logger.setLevel(NOTE)
    logger.propagate = False
    if not any(isinstance(handler, _Shown) for handler in logger.handlers):
        logger.addHandler(_Shown())


def _show_warning(message: Warning | str, category: type[Warning], *place: Any, **options: Any) -> None:
    """Print gcnlabel's warnings on one line; other warnings are shown only with --debug."""
    if issubclass(category, GcnlabelWarning):
        click.echo(f"warning: {printable(message)}", err=True)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show tracebacks, and the warnings and messages of libraries.")
@click.version_option(__version__, prog_name="gcnlabel")
def main(debug: bool) -> None:
    """Classifiers and regressors generated from a graph of their labels.

    annotations -> label graph -> graph network -> one head for every task
    """
