"""Merge configs, and apply single changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gcnlabel.errors import InputError
from gcnlabel.files import parse_yaml
from gcnlabel.settings import LEFT


def merged(base: Any, changes: Any) -> Any:
    """Return ``base`` updated recursively by ``changes``; a null removes a key.

    If ``changes`` names another part, options of ``base`` are kept where the new part has the same options.

    Example:
        >>> merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}, "d": None})
        {'a': {'b': 1, 'c': 4}}
    """
    if not (isinstance(base, dict) and isinstance(changes, dict)):
        return changes
    both = base | {key: merged(base.get(key), value) for key, value in changes.items()} | _left(base, changes)
    return {key: value for key, value in both.items() if value is not None or key not in changes}


def _left(section: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the keys of a section that were given for another part than its new name."""
    name, left = changes.get("name"), section.get(LEFT, [])
    if isinstance(name, str) and name != section.get("name"):
        left = [key for key in section if key != LEFT]
    left = [key for key in left if key not in changes]
    return {LEFT: left} if left or LEFT in section else {}


def with_changes(content: Any, changes: Iterable[str]) -> Any:
    """Return a config with changes ``key=value`` with dotted keys.

    Raises:
        InputError: A change has another form, or its section does not exist.
    """
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or not key:
            raise InputError(f"--set {change!r}", expected="key=value, e.g. training.epochs=5")
        *levels, last = key.split(".")
        section = content
        for level in levels:
            if isinstance(section, dict) and isinstance(section.get(level), str):
                section[level] = {"name": section[level]}  # a part without options
            section = section.setdefault(level, {}) if isinstance(section, dict) else None
        if not isinstance(section, dict):
            raise InputError(f"--set {change!r}: {'.'.join(levels)} is not a section of the config")
        changed = {last: parse_yaml(value, f"--set {change}")}
        section |= changed | _left(section, changed)
    return content
