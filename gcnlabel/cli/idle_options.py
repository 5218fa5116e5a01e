"""Options of a command that would have no effect are refused."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.core import ParameterSource

from gcnlabel.errors import InputError


def refuse_idle(names: Iterable[str], because: str) -> None:
    """Refuse options of the running command.

    Args:
        names: Names of its parameters that have no effect.
        because: Why not.

    Raises:
        InputError: One of them was given.
    """
    context = click.get_current_context()
    flags = {parameter.name: parameter.opts[0] for parameter in context.command.params}
    for name in names:
        if context.get_parameter_source(name) not in (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP, None):
            raise InputError(f"{flags[name]} has no effect {because}", fix="leave it out")
