"""The argument RUN of commands: a folder that holds a run."""

from __future__ import annotations

from typing import Any

import click

from gcnlabel.run.places import refuse_none


class RunPath(click.Path):
    """A path to a run; that there is none is said before anything heavy is imported."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises:
            InputError: It holds no run.
        """
        path = str(super().convert(value, param, ctx))
        refuse_none(path)
        return path


run_argument = click.argument("run", type=RunPath())
"""Gives a command its argument ``run``."""
