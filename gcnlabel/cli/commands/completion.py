"""Print the shell completion script for commands, options, presets, parts and config keys."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  echo 'eval "$(gcnlabel completion bash)"' >> ~/.bashrc
  echo 'eval "$(gcnlabel completion zsh)"' >> ~/.zshrc
  gcnlabel completion fish > ~/.config/fish/completions/gcnlabel.fish
"""


@click.command(epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL, to be loaded when the shell starts (see the examples)."""
    from click.shell_completion import get_completion_class

    from gcnlabel.cli.main import COMPLETE, main

    made = get_completion_class(shell)
    if made is not None:
        click.echo(made(main, {}, "gcnlabel", COMPLETE).source())
