"""The page on commands: each with its help and its options, read from click."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from gcnlabel.cli import main


def commands_page() -> str:
    """Return every command with its help and its options."""
    context = click.Context(main, info_name="gcnlabel")
    parts = ["# Commands", "`gcnlabel COMMAND --help` says the same in a terminal."]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is not None and not command.hidden:
            parts += _command(command, click.Context(command, info_name=f"gcnlabel {name}", parent=None))
    return "\n\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.info_name}"
    pieces = [context.info_name or "", *command.collect_usage_pieces(context)]
    yield "```text\n" + " ".join(pieces) + "\n```"
    yield from _paragraphs(command.help or "")
    rows = [found for option in command.get_params(context) if (found := option.get_help_record(context))]
    yield "| option | meaning |\n| --- | --- |\n" + "\n".join(f"| `{_line(a)}` | {_text(_line(b))} |" for a, b in rows)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield paragraphs; what click leaves unwrapped, below a line with a backspace, is shown as it is typed."""
    for paragraph in text.replace("\f", "").split("\n\n"):
        if paragraph.startswith("\b"):
            yield "```text\n" + paragraph.removeprefix("\b").strip("\n") + "\n```"
        elif paragraph.strip():
            yield _text(" ".join(paragraph.split()))


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(text: str) -> str:
    """Return text in which Markdown sees no tags, no emphasis and no cells."""
    return re.sub(r"([*_>\[\]|])", r"\\\1", text).replace("<", "&lt;")
