"""The argument RUN of commands: the folder of a run."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.run.places import refuse_none


class RunPath(click.Path):
    """A path to a run, checked before heavy imports."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises:
            InputError: There is no run.
        """
        path = str(super().convert(value, param, ctx))
        refuse_none(path)
        return path


run_argument = click.argument("run", type=RunPath())
"""Decorator that adds the argument ``run`` to a command."""
