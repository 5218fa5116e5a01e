"""Records of the encoder of feature files, which ``gcnlabel features`` writes next to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write

SAME = ("encoder", "weights", "preprocessing")
"""Keys that must be equal for features to be comparable."""


def record_file(features: str | Path) -> Path:
    """Return the path of the record of a feature file.

    Example:
        >>> record_file("features.npy").name
        'features.npy.json'
    """
    return Path(f"{features}.json")


def read_record(features: str | Path) -> dict[str, Any] | None:
    """Return the record of a feature file; None if there is none.

    Raises:
        InputError: The record cannot be read.
    """
    return load_record(record_file(features))


def load_record(path: Path) -> dict[str, Any] | None:
    """Return a record; None if the file does not exist or is other JSON.

    Raises:
        InputError: The record cannot be read.
    """
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}", expected="a record that gcnlabel features wrote") from error
    return record if isinstance(record, dict) and "encoder" in record else None


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write a record, replacing an earlier one."""
    with atomic_write(path, overwrite=True) as temporary:
        temporary.write_text(json.dumps(record, indent=1), encoding="utf-8")


def check_rows(features: str | Path, rows: int) -> None:
    """Check that features have the number of rows in their record, if there is one.

    Raises:
        InputError: The numbers differ.
    """
    record = read_record(features)
    if record is not None and record.get("rows") != rows:
        raise InputError(
            f"{features} has {rows} rows, its record {record.get('rows')}",
            where=record_file(features),
            fix="encode it again: gcnlabel features ... --overwrite",
        )


def check_same_encoder(features: str | Path, old: Mapping[str, Any] | None) -> None:
    """Check that new features have the same encoder as those of a run, if both have records.

    Args:
        features: File of the new features.
        old: Record of the run's features.

    Raises:
        InputError: Encoder, weights or preprocessing differ.
    """
    new = read_record(features)
    if new is None or old is None:
        return
    for key in SAME:
        if new.get(key) != old.get(key):
            raise InputError(
                f"{features} differs from the run's features: {key} {new.get(key)}",
                where=record_file(features),
                expected=str(old.get(key)),
                fix="encode it in the same way as the run's features",
            )
