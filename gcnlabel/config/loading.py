"""Load a checked :class:`Config` from YAML, presets and ``--set``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from gcnlabel.code import code_refused
from gcnlabel.config.known_keys import refuse_unknown_keys
from gcnlabel.config.merging import merged, with_changes
from gcnlabel.config.old_keys import modernised
from gcnlabel.errors import InputError, closest, note, shorten
from gcnlabel.files import existing_file, parse_yaml
from gcnlabel.registry import Part
from gcnlabel.settings import EACH, ONE, UNKNOWN_KEY
from gcnlabel.sources.splits import FRACTION, NAME

if TYPE_CHECKING:
    from gcnlabel.config.schema import Config

LEVELS = (ONE, EACH, NAME, FRACTION)
"""Levels in pydantic's error locations that a config does not have."""


MAX_CHAIN = 20
"""Largest number of configs that extend each other."""


def load_config(source: str | Path, changes: Iterable[str] = (), *, root: str | None = None) -> Config:
    """Read a config file, or a shipped preset by its name, and apply changes.

    A config may begin with ``extends: PRESET``; then it contains only the differences to that preset.

    Args:
        source: Path of a YAML file, or the name of a preset.
        changes: ``key=value`` with dotted keys, e.g. ``model.head.name=linear``; values are YAML.
        root: Preset or file that replaces the last preset in the chain of ``extends``, e.g. for another data set.

    Raises:
        InputError: The file is missing or not YAML, or a key or value is not allowed; the message names the key.
    """
    text, where = _text_of(source)
    content, chain = parse_yaml(text, where), [str(source)]
    while isinstance(content, dict) and "extends" in content:
        chain.append(str(content.pop("extends")))
        if len(chain) > MAX_CHAIN or os.path.realpath(chain[-1]) in map(os.path.realpath, chain[:-1]):
            raise InputError(f"circular extends: {' -> '.join(chain)}", where=where)
        base = parse_yaml(*_text_of(chain[-1]))
        if root is not None and isinstance(base, dict) and "extends" not in base:
            base = parse_yaml(*_text_of(root))
        content = merged(base, content)
    return parse_config(with_changes(content, changes), where)


def _text_of(source: str | Path) -> tuple[str, str]:
    """Return the text of a preset or a file, and its name in messages."""
    if str(source) in preset_names():
        return (_presets() / f"{source}.yaml").read_text(encoding="utf-8"), f"preset {source!r}"
    if not os.path.exists(source) and Path(source).suffix not in (".yaml", ".yml"):
        known = preset_names()
        raise InputError(
            f"no config file and no preset is called {str(source)!r}",
            expected=f"a YAML file or one of: {shorten(known, limit=20)}",
            fix=closest(str(source), known),
        )
    path = existing_file(source, "config")
    return path.read_text(encoding="utf-8", errors="replace"), str(path)


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
    values, rewritten = modernised(_with_environment(content, where))
    if rewritten:
        note(f"{where}: written for an earlier version, converted to the current form: {shorten(rewritten)}")
    refuse_unknown_keys(values, where)
    from gcnlabel.config.schema import Config  # which imports every part

    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise _readable(error, where) from None


def named_code(config: Config) -> list[str]:
    """Return the code that a config names (``module:attribute``), which its use runs.

    Example:
        >>> from gcnlabel.config import Config
        >>> named_code(Config(data={"source": "synthetic-faces"}, weighting="math:prod"))
        ['math:prod']
    """
    with code_refused() as met:
        parse_config(config.model_dump())
    return met


def dump_config(config: Config) -> str:
    """Return the resolved config as YAML; nulls that are the default of their key are left out."""
    return yaml.safe_dump(_without_default_nulls(config), sort_keys=False)


def _without_default_nulls(value: Any) -> Any:
    if isinstance(value, Part) and len(type(value).model_fields) == 1:
        return value.name
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        kept = [(name, of) for name, of in value if of is not None or fields[name].get_default() is not None]
        return {name: _without_default_nulls(of) for name, of in kept}
    if isinstance(value, Mapping):
        return {key: _without_default_nulls(of) for key, of in value.items()}
    if isinstance(value, list):
        return [_without_default_nulls(each) for each in value]
    return value


def _presets() -> Any:
    return resources.files("gcnlabel") / "presets"


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
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        what = ": ".join(filter(None, (key, cause.what)))
        return InputError(f"{what}{also}", where=where, expected=cause.expected, fix=cause.fix)
    given = "" if first["type"] == "missing" else f", got {first['input']!r}"
    allowed = re.findall(r"'([^']*)'", first["ctx"]["expected"]) if first["type"] == "literal_error" else []
    fix = closest(str(first["input"]), allowed)
    return InputError(f"{key or 'config'}: {first['msg']}{given}{also}", where=where, fix=fix)
