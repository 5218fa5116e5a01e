"""The command group: commands are imported when they are called, errors are one message."""

from __future__ import annotations

import importlib
import logging
import warnings
from typing import Any

import click

from gcnlabel import __version__
from gcnlabel.cli.ending import AGAIN, GOING_ON, spoken
from gcnlabel.cli.terminal import printable
from gcnlabel.errors import NOTE, GcnlabelWarning

COMMANDS = {
    "build-graph": "Measure or read a label graph and save it.",
    "inspect-graph": "Show who listens to whom in a label graph, and what is wrong with it.",
    "export-graph": "Write a label graph for the published codes, or as npz, CSV or GraphML.",
    "prepare": "Align the faces of a data set once, into a cache that training reads.",
    "train": "Train a model from a config or a preset.",
    "evaluate": "Evaluate a run with its selected checkpoint.",
    "ablate": "Train a config's data with rival heads and wrong graphs, and tell what the label graph is worth.",
    "predict": "Predict an image, a folder of images or features with a run.",
    "export": "Write a run as ONNX, safetensors or a PyTorch archive that needs no graph library.",
    "import-checkpoint": "Turn a checkpoint of the published codes into a run folder.",
    "reproduce": "Make the tables and figures of the Emotion-GCN paper.",
    "config": "Show every key of a config, and every part with its options.",
    "figures": "Draw the figures of one or several runs.",
    "demo": "Train baseline and graph head on the bundled synthetic faces and compare them.",
}


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own, imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"gcnlabel.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the user gave wrong becomes one message on stderr and exit code 2."""
        debug = ctx.params["debug"]
        if not debug:
            warnings.showwarning = _show_warning
            logging.disable(logging.INFO)  # Lightning's loggers set their own levels when they are imported
        _show_notes()
        hint = GOING_ON.get((ctx._protected_args or [""])[0], AGAIN)
        with spoken(hint, debug=debug):
            return super().invoke(ctx)


class _Shown(logging.Handler):
    """Shows what is told to the person."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(record.getMessage())


def _show_notes() -> None:
    logger = logging.getLogger("gcnlabel")
    logger.setLevel(NOTE)
    logger.propagate = False
    if not any(isinstance(handler, _Shown) for handler in logger.handlers):
        logger.addHandler(_Shown())


def _show_warning(message: Warning | str, category: type[Warning], *place: Any, **options: Any) -> None:
    """Show our warnings as one line; those that libraries give to programmers are shown with --debug alone."""
    if issubclass(category, GcnlabelWarning):
        click.echo(f"warning: {printable(message)}", err=True)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show tracebacks, and the warnings and messages of libraries.")
@click.version_option(__version__, prog_name="gcnlabel")
def main(debug: bool) -> None:
    """Classifiers and regressors generated from a graph of their labels.

    annotations -> label graph -> graph network -> one head for every task
    """
