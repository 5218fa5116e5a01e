"""Show all config keys, and all parts with their options."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  gcnlabel config
  gcnlabel config head
"""


@click.command(epilog=EXAMPLES)
@click.argument("part", required=False)
def config(part: str | None) -> None:
    """Show the configuration reference as Markdown: all keys and parts with their options, or one kind of PART."""
    from gcnlabel.cli.terminal import show_markdown
    from gcnlabel.config.reference import reference

    show_markdown(reference(part))
