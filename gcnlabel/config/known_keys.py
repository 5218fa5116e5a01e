"""Check the keys of a config and the names of its parts quickly, without importing the parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from gcnlabel.errors import InputError, closest, shorten, unknown_name
from gcnlabel.registry import KINDS
from gcnlabel.settings import LEFT


def refuse_unknown_keys(content: Mapping[str, Any], where: str) -> None:
    """Check the keys of a config, of its sections and of the package's parts, and the names of parts.

    Parts of a kind whose registry is imported are left to the registry, which may have others; so are
    ``package.module:Attribute``.

    Args:
        content: The config in its current form.
        where: Its name in messages.

    Raises:
        InputError: A key or a name is unknown; the message suggests the closest one.

    Example:
        >>> refuse_unknown_keys({"model": {"heads": "graph"}}, "config")
        Traceback (most recent call last):
        ...
        gcnlabel.errors.InputError: unknown key 'model.heads'
          where: config
          expected: backbone, head
          to do: did you mean 'head'?
    """
    problems = list(_problems(content, _forms()["config"], ()))
    if problems:
        first, more = problems[0], len(problems) - 1
        also = f" (and {more} more)" if more else ""
        raise InputError(f"{first.what}{also}", where=where, expected=first.expected, fix=first.fix)


@cache
def _forms() -> dict[str, Any]:
    """Return the form of the config and of each part, see :func:`gcnlabel.config.words.words`."""
    file = resources.files("gcnlabel") / "resources" / "completion.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _problems(values: Any, form: Any, at: tuple[str, ...]) -> Iterator[InputError]:
    """Yield an error for each unknown key and name below the path ``at``."""
    if isinstance(form, str):
        yield from _of_part(values, form, at)
    elif isinstance(form, list):
        items = values.items() if isinstance(values, Mapping) else enumerate(values if isinstance(values, list) else ())
        for key, value in items:
            yield from _problems(value, form[0], (*at, str(key)))
    elif isinstance(form, Mapping) and isinstance(values, Mapping):
        for key, value in values.items():
            if key in form:
                yield from _problems(value, form[key], (*at, key))
            elif key != LEFT and key not in values.get(LEFT, ()):
                wrong, known = ".".join((*at, str(key))), [name for name, of in form.items() if of is not False]
                expected, fix = shorten(known, limit=20), closest(str(key), known)
                yield InputError(f"unknown key {wrong!r}", expected=expected, fix=fix)


def _of_part(values: Any, kind: str, at: tuple[str, ...]) -> Iterator[InputError]:
    of = _forms()["kinds"][kind]
    if kind in KINDS or (of["paths"] and isinstance(values, str)):  # NAME:OPTION or the path of a file
        return
    name = values.get(of["key"], of["default"]) if isinstance(values, Mapping) else values
    if not isinstance(name, str) or ":" in name:
        return
    if name in of["parts"]:
        yield from _problems(values, of["parts"][name], at)
    else:
        error = unknown_name(kind, name, sorted(of["parts"]))
        yield InputError(f"{'.'.join(at)}: {error.what}", expected=error.expected, fix=error.fix)
