"""Parse lists that Python, JSON, NumPy or databases write into a cell."""

from __future__ import annotations

import ast
import json
import re

_CLOSING = {"[": "]", "(": ")", "{": "}"}
OPENING = ("[", "(", "{", "s")
"""First characters of the text of a list; ``s`` is that of the empty set, ``set()``."""
_QUOTED = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_FIRST = re.compile(rf"\s*(?:{_QUOTED}|([^,\"']+?)\s*(?=,|$))\s*(?:,|$|(?=[\"']))", re.DOTALL)


def list_items(text: str) -> list[str] | None:
    r"""Return the items of a list that is written in brackets, or None where the text is no such list.

    Quoted items are separated by commas or, as NumPy prints them, by nothing or spaces; unquoted ones by commas or, if
    there is none, by spaces.

    Example:
        >>> list_items("['cat', 'dog']"), list_items('["cat"]'), list_items("[]"), list_items("cat")
        (['cat', 'dog'], ['cat'], [], None)
        >>> list_items("['cat' 'dog']"), list_items("[0 2]"), list_items("{cat,dog}"), list_items('["it\'s"]')
        (['cat', 'dog'], ['0', '2'], ['cat', 'dog'], ["it's"])
    """
    text = "[]" if text == "set()" else text
    if len(text) < 2 or _CLOSING.get(text[0]) != text[-1]:
        return None
    inner = text[1:-1].strip()
    if not inner:
        return []
    if "'" not in inner and '"' not in inner:
        items = [item.strip() for item in (inner.removesuffix(",").split(",") if "," in inner else inner.split())]
        return items if all(items) else None
    return _quoted_items(inner)


def _quoted_items(inner: str) -> list[str] | None:
    items, at = [], 0
    while at < len(inner):
        match = _FIRST.match(inner, at)
        if match is None or match.end() == at:
            return None
        quoted, bare = match.groups()
        items.append(_unquoted(quoted) if quoted is not None else bare.strip())
        at = match.end()
    return items


def _unquoted(quoted: str) -> str:
    """Return the value of a string literal of JSON or Python."""
    try:
        return str(json.loads(quoted, strict=False) if quoted[0] == '"' else ast.literal_eval(quoted))
    except (ValueError, SyntaxError):
        try:
            return str(ast.literal_eval(quoted))
        except (ValueError, SyntaxError):
            return quoted[1:-1]
