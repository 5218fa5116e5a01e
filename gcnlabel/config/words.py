"""Keys of a config and of all parts, for shell completion and for a check that imports no part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from gcnlabel.config.reference import kinds, option_rows
from gcnlabel.config.schema import Config
from gcnlabel.registry import Registry
from gcnlabel.text_registry import TextRegistry

Values = tuple[str, ...]
FORMER = False
"""Form of a key of earlier versions, which is dropped."""
MAX_DEPTH = 2
"""Largest depth of nested parts whose options are completed."""


def words() -> str:
    """Return the JSON text of names by kind, values by key, and the forms of the config and of each part.

    A form is ``{key: form}`` of a section, the kind of a part, ``[form]`` of a list or mapping, or None.
    """
    of_kinds = {kind.kind: kind for kind in kinds()}
    names = {kind: of_kinds[kind].names() for kind in sorted(of_kinds)}
    keys = {key: list(values) for key, values in _keys(option_rows(Config), of_kinds)}
    forms = {
        name: {
            "key": kind.key,
            "default": kind.default,
            "paths": isinstance(kind, TextRegistry),
            "parts": {part: _form_of(kind.settings(part)) for part in kind.names()},
        }
        for name, kind in sorted(of_kinds.items())
    }
    written = {"names": names, "keys": dict(sorted(keys.items())), "config": _form_of(Config), "kinds": forms}
    return json.dumps(written, indent=1) + "\n"


def _form_of(settings: type[BaseModel]) -> Any:
    schema = settings.model_json_schema()
    former = dict.fromkeys(sorted(getattr(settings, "former", ())), FORMER)
    return {**_form(schema, schema.get("$defs", {})), **former}


def _form(schema: Mapping[str, Any], sections: Mapping[str, Any]) -> Any:
    """Return the form of a JSON schema."""
    if "part" in schema:
        return schema["part"]
    if "$ref" in schema:
        return _form(sections[schema["$ref"].rpartition("/")[2]], sections)
    if "properties" in schema:
        return {key: _form(of, sections) for key, of in schema["properties"].items()}
    inner = [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), Mapping)]
    if inner:
        each = _form(inner[0], sections)
        return None if each is None else [each]
    others = [of for of in schema.get("anyOf", []) if of.get("type") != "null"]
    return _form(others[0], sections) if len(others) == 1 else None


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
