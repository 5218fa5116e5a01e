"""Check the keys of a config quickly, without importing the parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.settings import LEFT


@cache
def _sections() -> dict[str, tuple[str, ...]]:
    """Return the keys of the config and of each section that is not a part, from the data for shell completion."""
    file = resources.files("gcnlabel") / "resources" / "completion.json"
    keys = json.loads(file.read_text(encoding="utf-8"))["keys"]
    sections: dict[str, dict[str, None]] = {"": {}}
    for key in keys:
        top, dot, rest = key.partition(".")
        sections[""][top] = None
        if dot and top not in keys:  # a part is a key itself
            sections.setdefault(top, {})[rest.partition(".")[0]] = None
    return {name: tuple(known) for name, known in sections.items()}


def refuse_unknown_keys(content: Mapping[str, Any], where: str) -> None:
    """Check the keys of a config and of its sections; those of parts are checked with the parts.

    Args:
        content: The config in its current form.
        where: Its name in messages.

    Raises:
        InputError: A key is unknown; the message suggests the closest one.

    Example:
        >>> refuse_unknown_keys({"training": {"epoch": 3}}, "config")
        Traceback (most recent call last):
        ...
        gcnlabel.errors.InputError: unknown key 'training.epoch'
          where: config
        ...
    """
    for section, known in _sections().items():
        values = content.get(section) if section else content
        if not isinstance(values, Mapping):
            continue
        for key in values:
            if key not in known and key != LEFT and key not in values.get(LEFT, ()):
                wrong = f"{section}.{key}" if section else str(key)
                fix = closest(str(key), known)
                raise InputError(f"unknown key {wrong!r}", where=where, expected=shorten(known, limit=20), fix=fix)
