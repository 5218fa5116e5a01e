"""Storage of trials in a SQLite file, which several processes can share, for one config."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError, shorten

NAME = "gcnlabel"
"""Name of the study in the file."""
OF = "of"
"""User attribute of a study with everything that its trials depend on."""
TABLES = {"alembic_version", "studies", "trials", "version_info"}
"""Some tables of Optuna, to recognise its files."""
PATIENCE = 60.0
"""Seconds to wait for another process that writes."""
ABSENT = object()


def open_study(optuna: Any, path: Path, direction: str, depends: Mapping[str, Any]) -> Any:
    """Return the study in a file, which is created if missing.

    Args:
        optuna: The library.
        path: The file.
        direction: ``minimize`` or ``maximize``.
        depends: Everything that trials depend on except their own values, as JSON values.

    Raises:
        InputError: The file is not a storage of Optuna, or has trials of another config or data.
    """
    _check_ours(path)
    study = _opened(optuna, path, direction)
    before, now = study.user_attrs.get(OF), json.loads(json.dumps(depends, default=str))
    if before is None:
        study.set_user_attr(OF, now)
        return study
    if other := sorted(key for key in {*before, *now} if before.get(key, ABSENT) != now.get(key, ABSENT)):
        raise InputError(f"{path} has trials with another {shorten(other)}", fix="another --storage or --output")
    return study


def _check_ours(path: Path) -> None:
    """Check that a file is missing, empty, or a storage of Optuna, which would add tables to any SQLite file.

    Raises:
        InputError: It is another file.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder", expected="a file, which is created if missing")
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as file:
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error as error:
        raise InputError(f"{path} cannot be read as an SQLite file: {error}", fix="another --storage") from error
    if tables and not tables & TABLES:
        raise InputError(f"{path} is not a study: it has {shorten(sorted(tables))}", fix="another --storage")


@contextmanager
def storage_errors(optuna: Any, path: Path) -> Iterator[None]:
    """Turn errors of the storage, e.g. of a full disk, into an `InputError`.

    Raises:
        InputError: The storage cannot be written.
    """
    try:
        yield
    except optuna.exceptions.StorageInternalError as error:
        why = str(error.__cause__ or error).partition("\n")[0]
        raise InputError(
            f"{path} cannot be written: {why}", fix="free space on a local disk; then run the same command again"
        ) from error


def _opened(optuna: Any, path: Path, direction: str) -> Any:
    """Return the study; wait if another process is creating the tables."""
    from sqlalchemy.exc import SQLAlchemyError

    until = time.monotonic() + 10
    while True:
        try:
            how = {"engine_kwargs": {"connect_args": {"timeout": PATIENCE}}}
            storage = optuna.storages.RDBStorage(f"sqlite:///{path.resolve()}", **how)
            return optuna.create_study(storage=storage, study_name=NAME, direction=direction, load_if_exists=True)
        except (SQLAlchemyError, RuntimeError) as error:
            if time.monotonic() > until:
                why = str(error).partition("\n")[0]
                raise InputError(f"{path} cannot be used as a storage: {why}", fix="another --storage") from error
            time.sleep(0.2)
