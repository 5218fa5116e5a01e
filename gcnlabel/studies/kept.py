"""Files of the results of jobs, from which an interrupted study is resumed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gcnlabel.errors import InputError, shorten
from gcnlabel.files import atomic_write

ABSENT = object()


def known(path: Path | None, depends: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any] | None:
    """Return the saved result of a job, or None.

    Args:
        path: Its file, or None.
        depends: Everything that the result depends on, as JSON values.
        keys: Required keys of the result.

    Raises:
        InputError: The file is of another job, or damaged.
    """
    if path is None or not path.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        before = dict(found["depends_on"])
        if missing := {*keys} - {*found}:
            raise KeyError(missing)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged", fix="remove it, or start again with --overwrite") from error
    if other := sorted(key for key in {*before, *depends} if before.get(key, ABSENT) != depends.get(key, ABSENT)):
        raise InputError(
            f"{path} was measured with another {shorten(other)}",
            fix="another --output, or --overwrite to start again",
        )
    return found


def write(path: Path, depends: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Write the result of a job."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, overwrite=True) as temporary:
        content = {"depends_on": depends, **found}
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
