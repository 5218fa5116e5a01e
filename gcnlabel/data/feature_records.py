"""What made a file of features: the record that ``gcnlabel features`` writes beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write

SAME = ("encoder", "weights", "preprocessing")
"""What must agree for features to mean the same."""


def record_file(features: str | Path) -> Path:
    """Return the file that says what made the features of a file.

    Example:
        >>> record_file("features.npy").name
        'features.npy.json'
    """
    return Path(f"{features}.json")


def read_record(features: str | Path) -> dict[str, Any] | None:
    """Return what made the features of a file, None where no record stands beside it.

    Raises:
        InputError: The record cannot be read.
    """
    return load_record(record_file(features))


def load_record(path: Path) -> dict[str, Any] | None:
    """Return a record, None where there is no such file, or it is a JSON file of another kind.

    Raises:
        InputError: The record cannot be read.
    """
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}", expected="what gcnlabel features wrote") from error
    return record if isinstance(record, dict) and "encoder" in record else None


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write a record, in place of an earlier one."""
    with atomic_write(path, overwrite=True) as temporary:
        temporary.write_text(json.dumps(record, indent=1), encoding="utf-8")


def check_rows(features: str | Path, rows: int) -> None:
    """Check that features have as many rows as their record says, where there is one.

    Raises:
        InputError: They have not.
    """
    record = read_record(features)
    if record is not None and record.get("rows") != rows:
        raise InputError(
            f"{features} has {rows} rows, its record {record.get('rows')}",
            where=record_file(features),
            fix="encode it anew: gcnlabel features ... --overwrite",
        )


def check_same_encoder(features: str | Path, old: Mapping[str, Any] | None) -> None:
    """Check that new features were made as those that a run was trained on, where both have records.

    Args:
        features: File of the new ones.
        old: Record of the others.

    Raises:
        InputError: Encoder, weights or preprocessing differ.
    """
    new = read_record(features)
    if new is None or old is None:
        return
    for key in SAME:
        if new.get(key) != old.get(key):
            raise InputError(
                f"{features} was made otherwise than the run's features: {key} {new.get(key)}",
                where=record_file(features),
                expected=str(old.get(key)),
                fix="encode it as the run's features were",
            )
