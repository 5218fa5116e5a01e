"""Option ``--json``: print the result of a command as JSON, for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, is_dataclass
from functools import wraps
from os import PathLike, fspath
from typing import Any

import click

AS_JSON = "gcnlabel.as_json"
"""Key of the click context's ``meta``: whether the command prints JSON instead of tables."""


def json_option(command: Callable[..., Any]) -> Callable[..., None]:
    """Decorate a command with ``--json``, which prints its return value as JSON on standard output.

    Notes, progress bars and paths then go to standard error, and tables are not printed. NaN and infinity become null,
    paths become strings, and data classes objects.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and everything else on stderr.")
    @wraps(command)
    def with_json(*, as_json: bool, **options: Any) -> None:
        if not as_json:
            command(**options)
            return
        click.get_current_context().meta[AS_JSON] = True
        with redirect_stdout(sys.stderr):
            found = command(**options)
        click.echo(json.dumps(plain(found), indent=2, ensure_ascii=False, allow_nan=False))

    return with_json


def plain(found: Any) -> Any:
    """Return a result as values that JSON can represent.

    Example:
        >>> from pathlib import Path
        >>> plain({"written": (Path("a.pdf"),), "loss": float("nan")})
        {'written': ['a.pdf'], 'loss': None}
    """
    if is_dataclass(found) and not isinstance(found, type):
        return plain(asdict(found))
    if isinstance(found, Mapping):
        return {str(key): plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    if isinstance(found, PathLike):
        return fspath(found)
    if hasattr(found, "tolist"):
        return plain(found.tolist())
    if isinstance(found, float) and found - found != 0:  # NaN or infinite
        return None
    return found
