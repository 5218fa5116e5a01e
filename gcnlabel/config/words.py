"""Words for shell completion: keys of a config and their values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gcnlabel.config.reference import kinds, option_rows
from gcnlabel.config.schema import Config
from gcnlabel.registry import Registry

Values = tuple[str, ...]
MAX_DEPTH = 2
"""Largest depth of nested parts whose options are completed."""


def words() -> str:
    """Return names by kind and values by key, as the JSON file that shell completion reads."""
    of_kinds = {kind.kind: kind for kind in kinds()}
    names = {kind: of_kinds[kind].names() for kind in sorted(of_kinds)}
    keys = {key: list(values) for key, values in _keys(option_rows(Config), of_kinds)}
    return json.dumps({"names": names, "keys": dict(sorted(keys.items()))}, indent=1) + "\n"


def _keys(
    rows: Iterator[str], of_kinds: dict[str, Registry], at: str = "", depth: int = 0
) -> Iterator[tuple[str, Values]]:
    """Yield each key of rows of the reference with its values, and the keys of the parts that it accepts."""
    for row in rows:
        key, values = re.findall(r"^\| `([^`]+)` \| (.*?) \| ", row)[0]
        kind = re.search(r"^\[([^]]+)\]\(#", values)
        if kind is None:
            truth = ("true", "false") if "true or false" in values else ()
            yield at + key, (*truth, *re.findall(r"`([^`]+)`", values))
        else:
            yield from _of_part(of_kinds[kind[1]], of_kinds, at + key, depth)


def _of_part(kind: Registry, of_kinds: dict[str, Registry], at: str, depth: int) -> Iterator[tuple[str, Values]]:
    names = tuple(kind.names())
    yield at, names
    yield f"{at}.{kind.key}", names
    if depth < MAX_DEPTH:
        found: dict[str, dict[str, Any]] = {}
        for name in names:
            for key, values in _keys(option_rows(kind.settings(name)), of_kinds, f"{at}.", depth + 1):
                found.setdefault(key, {}).update(dict.fromkeys(values))
        yield from ((key, tuple(values)) for key, values in found.items() if key != f"{at}.{kind.key}")
