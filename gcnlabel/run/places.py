"""Check whether a folder holds a run, without heavy imports."""

from __future__ import annotations

from pathlib import Path

from gcnlabel.errors import InputError

CONFIG = "config.yaml"


def refuse_none(path: str | Path) -> None:
    """Check that a folder holds a run.

    Raises:
        InputError: It holds none.
    """
    if not (Path(path) / CONFIG).exists():
        fix = f"gcnlabel train CONFIG --output {path}"
        raise InputError(f"{path} holds no run", expected=f"a folder with {CONFIG}", fix=fix)
