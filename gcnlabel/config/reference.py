"""Reference of all keys of a config and options of registered parts: values, defaults, meanings."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from gcnlabel.config.schema import Config
from gcnlabel.errors import InputError, closest
from gcnlabel.registry import KINDS, Registry
from gcnlabel.settings import Section

Schema = Mapping[str, Any]
HEADER = "| key | values | default | meaning |\n| --- | --- | --- | --- |\n"
WORDS = {"string": "text", "boolean": "true or false", "array": "list", "object": "mapping", "number": "number"}


def reference(part: str | None = None) -> str:
    """Return every key of a config and every option of every part, as Markdown.

    Args:
        part: Only one kind of part, e.g. ``head``, or ``keys``.

    Raises:
        InputError: The kind is unknown.
    """
    pages = {"keys": "### Keys\n\n" + HEADER + "\n".join(option_rows(Config))}
    for kind in kinds():
        parts = [_part(kind, name) for name in kind.names()]
        named = f"`{kind.key}` is one of these, or `package.module:Attribute`."
        of_all = _table(kind.form, kind.form, but={"name"})
        pages[kind.kind] = "\n\n".join([f"### {kind.kind.capitalize()}", named, *of_all, *parts])
    if part is not None and part not in pages:
        raise InputError(f"no kind of part is called {part!r}", expected=" | ".join(pages), fix=closest(part, pages))
    return "\n\n".join(pages.values() if part is None else [pages[part]]) + "\n"


def kinds() -> list[Registry]:
    """Return the kinds of parts that a config may name, at any depth."""
    found = _kinds_in(Config)
    for kind in found:  # grows during iteration
        for name in kind.names():
            found += [other for other in _kinds_in(kind.settings(name)) if other not in found]
    return found


def _kinds_in(model: type[Section]) -> list[Registry]:
    named = re.findall(r'"part": "([^"]+)"', json.dumps(model.model_json_schema(), default=str))
    return [KINDS[kind] for kind in dict.fromkeys(named)]


def _part(kind: Registry, name: str) -> str:
    """Return the entry of a part: name, description, and options."""
    settings, described = kind.settings(name), kind.resolve(name)
    what = re.sub(r"^Return (.)", lambda found: found[1].upper(), (inspect.getdoc(described) or "").split("\n\n")[0])
    return "\n\n".join(
        [f"**`{name}`** {_plain(what)}", *_table(settings, described, but={kind.key, *kind.form.model_fields})]
    )


def _table(model: type[Section], described: object, but: Collection[str]) -> list[str]:
    rows = [row for row in option_rows(model, described) if row.split("`")[1] not in but]
    return [HEADER + "\n".join(rows)] if rows else []


def option_rows(
    model: type[Section], described: object = None, at: str = "", defaults: Section | None = None
) -> Iterator[str]:
    """Yield a table row for each key, with dotted keys of nested sections, and their defaults."""
    schema, meanings = model.model_json_schema(), meanings_of(described, *model.__mro__)
    for key, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section) and not field.metadata:
            yield from option_rows(
                field.annotation, at=f"{at}{key}.", defaults=field.get_default(call_default_factory=True)
            )
            continue
        values = values_of(schema["properties"][key], schema.get("$defs", {}))
        value = field.get_default(call_default_factory=True) if defaults is None else getattr(defaults, key)
        default = "" if field.is_required() and defaults is None else f"`{_text(value)}`"
        yield f"| `{at}{key}` | {values} | {default} | {_plain(meanings.get(key, ''))} |"


def _text(value: Any) -> str:
    """Return a value as written in a config."""
    value = getattr(value, "name", value)
    return value if isinstance(value, str) and value else json.dumps(value)


def values_of(field: Any, definitions: Schema) -> str:
    """Return a description of the allowed values of a key, from its JSON schema.

    Example:
        >>> values_of({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, {})
        'number, at least 0, below 1'
        >>> values_of({"anyOf": [{"enum": ["max", "average"]}, {"type": "null"}]}, {})
        '`max`, `average` or null'
    """
    if not isinstance(field, Mapping):
        return "any value"
    if "part" in field:
        return f"[{field['part']}](#{field['part'].replace(' ', '-')})"
    if "$ref" in field:
        section = definitions[field["$ref"].rpartition("/")[2]]
        return f"{{{', '.join(section['properties'])}}}"
    if several := field.get("anyOf", field.get("oneOf")):
        return " or ".join(dict.fromkeys(values_of(each, definitions) for each in several))
    if several := field.get("enum", [field["const"]] if "const" in field else None):
        return ", ".join(f"`{each}`" for each in several)
    kind = str(field.get("type", "any value"))
    if kind == "array":
        return f"list of {values_of(field.get('items'), definitions)}"
    if kind == "object":
        return f"mapping to {values_of(field.get('additionalProperties'), definitions)}"
    limits = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    bounds = [f"{word} {field[key]:g}" for key, word in limits.items() if key in field]
    return ", ".join([WORDS.get(kind, kind), *bounds])


def meanings_of(*described: object) -> dict[str, str]:
    """Return name -> meaning of the arguments and attributes in docstrings; earlier docstrings have priority."""
    found: dict[str, str] = {}
    for each in described:
        for section in re.findall(r"^(?:Args|Attributes):\n((?:(?:    .*)?\n?)*)", _doc(each), re.MULTILINE):
            for item in re.split(r"\n(?=    \w)", section.rstrip()):
                name, _, text = item.strip().partition(": ")
                found.setdefault(name, " ".join(text.split()))
    return found


def _doc(described: object) -> str:
    return inspect.cleandoc(getattr(described, "__doc__", None) or "") if described is not None else ""


def _plain(text: str) -> str:
    """Return the text of a docstring for a Markdown table."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", " ".join(text.split())).replace("``", "`")
    return re.sub(r"[;,]? see `\w+`", "", re.sub(r"\bNone\b", "null", text)).replace("|", "\\|")
