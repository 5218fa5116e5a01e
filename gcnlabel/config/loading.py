"""YAML, presets and ``--set`` -> a checked :class:`Config`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from gcnlabel.config.schema import Config
from gcnlabel.config.splits import FRACTION, NAME
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import existing_file, parse_yaml
from gcnlabel.settings import EACH, ONE, UNKNOWN_KEY

SOURCES = ("synthetic-faces", "table", "arff", "coco", "voc", "affectnet", "aff-wild2", "emotic")
"""Values of data.source, which pydantic names as a level of their own."""

LEVELS = (*SOURCES, ONE, EACH, NAME, FRACTION)
"""Levels that pydantic names and a config does not have."""


MAX_CHAIN = 20
"""Configs, each of which extends the next."""


def load_config(source: str | Path, changes: Iterable[str] = (), *, root: str | None = None) -> Config:
    """Read a config file, or a shipped preset by its name, with changes on top.

    A config may begin with ``extends: PRESET``; then it says only what differs from that preset.

    Args:
        source: Path of a YAML file, or the name of a preset.
        changes: ``key=value`` with dots between the levels, e.g. ``model.head.name=linear``; values are YAML.
        root: Preset or file that takes the place of the preset at the end of ``extends``, e.g. another data set.

    Raises:
        InputError: The file is not there or not YAML, or a key or value is not allowed; the message names the key.
    """
    text, where = _text_of(source)
    content, chain = parse_yaml(text, where), [str(source)]
    while isinstance(content, dict) and "extends" in content:
        chain.append(str(content.pop("extends")))
        if len(chain) > MAX_CHAIN or os.path.realpath(chain[-1]) in map(os.path.realpath, chain[:-1]):
            raise InputError(f"extends leads in a circle: {' -> '.join(chain)}", where=where)
        base = parse_yaml(*_text_of(chain[-1]))
        if root is not None and isinstance(base, dict) and "extends" not in base:
            base = parse_yaml(*_text_of(root))
        content = merged(base, content)
    return parse_config(_with_changes(content, changes), where)


def _text_of(source: str | Path) -> tuple[str, str]:
    """Return the text of a preset or a file, and what messages call it."""
    if str(source) in preset_names():
        return (_presets() / f"{source}.yaml").read_text(encoding="utf-8"), f"preset {source!r}"
    if not Path(source).exists() and Path(source).suffix not in (".yaml", ".yml"):
        known = preset_names()
        raise InputError(
            f"no config file and no preset is called {str(source)!r}",
            expected=f"a YAML file or one of: {shorten(known, limit=20)}",
            fix=closest(str(source), known),
        )
    path = existing_file(source, "config")
    return path.read_text(encoding="utf-8", errors="replace"), str(path)


def merged(base: Any, changes: Any) -> Any:
    """Return ``base`` with ``changes`` on top, section by section; a null takes a key back.

    Example:
        >>> merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": 4}, "d": None})
        {'a': {'b': 1, 'c': 4}}
    """
    if not (isinstance(base, dict) and isinstance(changes, dict)):
        return changes
    both = base | {key: merged(base.get(key), value) for key, value in changes.items()}
    return {key: value for key, value in both.items() if value is not None or key not in changes}


def preset_names() -> list[str]:
    """Return the names of the shipped presets."""
    return sorted(entry.name[:-5] for entry in _presets().iterdir() if entry.name.endswith(".yaml"))


def parse_config(content: Any, where: str = "config") -> Config:
    """Check plain values against the schema.

    Raises:
        InputError: A key is unknown (the closest one is named) or a value is not allowed.
    """
    if not isinstance(content, Mapping):
        raise InputError("the config is not a mapping", where=where, expected="key: value lines")
    try:
        return Config.model_validate(_with_environment(content, where))
    except ValidationError as error:
        raise _readable(error, where) from None


def dump_config(config: Config) -> str:
    """Return the resolved config as YAML; a null stands wherever it is not what the key would be without it."""
    return yaml.safe_dump(_without_default_nulls(config), sort_keys=False)


def _without_default_nulls(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        kept = [(name, of) for name, of in value if of is not None or fields[name].get_default() is not None]
        return {name: _without_default_nulls(of) for name, of in kept}
    if isinstance(value, Mapping):
        return {key: _without_default_nulls(of) for key, of in value.items()}
    return value


def _presets() -> Any:
    return resources.files("gcnlabel") / "presets"


def _with_changes(content: Any, changes: Iterable[str]) -> Any:
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or not key:
            raise InputError(f"--set {change!r}", expected="key=value, e.g. training.epochs=5")
        *levels, last = key.split(".")
        section = content
        for level in levels:
            section = section.setdefault(level, {}) if isinstance(section, dict) else None
        if not isinstance(section, dict):
            raise InputError(f"--set {change!r}: {'.'.join(levels)} is not a section of the config")
        section[last] = parse_yaml(value, f"--set {change}")
    return content


def _with_environment(value: Any, where: str) -> Any:
    """Fill in ``${NAME}`` and ``${NAME:-default}`` from the environment, in every text of the config."""

    def fill(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name, default)
        if found is None:
            raise InputError(f"the environment variable {name} is not set", where=where, fix=f"export {name}=...")
        return found

    if isinstance(value, Mapping):
        return {key: _with_environment(item, where) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_environment(item, where) for item in value]
    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", fill, value) if isinstance(value, str) else value


def _readable(error: ValidationError, where: str) -> InputError:
    first = error.errors(include_url=False)[0]
    path = [part for part in first["loc"] if part not in LEVELS]
    key = ".".join(str(part) for part in path)
    more = error.error_count() - 1
    also = f" (and {more} more)" if more else ""
    if first["type"] == UNKNOWN_KEY:
        wrong, known = first["ctx"]["key"], first["ctx"]["known"]
        return InputError(
            f"unknown key {'.'.join(filter(None, (key, wrong)))!r}{also}",
            where=where,
            expected=shorten(known, limit=20),
            fix=closest(wrong, known),
        )
    given = "" if first["type"] == "missing" else f", got {first['input']!r}"
    allowed = re.findall(r"'([^']*)'", first["ctx"]["expected"]) if first["type"] == "literal_error" else []
    fix = closest(str(first["input"]), allowed)
    return InputError(f"{key or 'config'}: {first['msg']}{given}{also}", where=where, fix=fix)
