"""Trials in a SQLite file, which several processes may add to, and which belongs to one recipe."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError, shorten

NAME = "gcnlabel"
"""Of the study in the file."""
OF = "of"
"""What the trials of a study are of."""
SQLITE = b"SQLite format 3\x00"
PATIENCE = 60.0
"""Seconds that a process waits for another that writes."""
ABSENT = object()


def open_study(optuna: Any, path: Path, direction: str, depends: Mapping[str, Any]) -> Any:
    """Return the study in a file, which is made where it is missing.

    Args:
        optuna: The library.
        path: The file.
        direction: ``minimize`` or ``maximize``.
        depends: Everything that a trial depends on but its own values, as JSON has it.

    Raises:
        InputError: The file is no storage of Optuna, or holds trials of something else.
    """
    _check_sqlite(path)
    study = _opened(optuna, path, direction)
    before, now = study.user_attrs.get(OF), json.loads(json.dumps(depends, default=str))
    if before is None:
        study.set_user_attr(OF, now)
        return study
    if other := sorted(key for key in {*before, *now} if before.get(key, ABSENT) != now.get(key, ABSENT)):
        raise InputError(f"{path} holds trials with another {shorten(other)}", fix="another --storage or --output")
    return study


def _check_sqlite(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder", expected="a file, which is made where it is missing")
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(SQLITE)) != SQLITE:
                raise InputError(f"{path} is no SQLite file", fix="another --storage")


def _opened(optuna: Any, path: Path, direction: str) -> Any:
    """Return the study; where another process makes the tables just now, wait for it."""
    from sqlalchemy.exc import SQLAlchemyError

    until = time.monotonic() + 10
    while True:
        try:
            how = {"engine_kwargs": {"connect_args": {"timeout": PATIENCE}}}
            storage = optuna.storages.RDBStorage(f"sqlite:///{path.resolve()}", **how)
            return optuna.create_study(storage=storage, study_name=NAME, direction=direction, load_if_exists=True)
        except (SQLAlchemyError, RuntimeError) as error:
            if time.monotonic() > until:
                said = str(error).partition("\n")[0]
                raise InputError(f"{path} cannot be used as a storage: {said}", fix="another --storage") from error
            time.sleep(0.2)
