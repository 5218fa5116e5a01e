"""Code of the user's that settings name, ``package.module:Attribute``."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from gcnlabel.errors import InputError


def imported(name: str) -> Any:
    """Return what ``package.module:Attribute`` names.

    Raises:
        InputError: The module cannot be imported, or has no such attribute.
    """
    module, _, attribute = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for each in attribute.split("."):
            found = getattr(found, each)
    except Exception as error:  # whatever a module does when it is imported
        raise InputError(
            f"{name!r} cannot be imported: {type(error).__name__}: {error}",
            expected="package.module:Attribute, of a module that Python finds",
            fix="start from its folder, or put that folder into PYTHONPATH",
        ) from error
    return found


def names_in(value: Any) -> Iterator[str]:
    """Yield every text that may name code, at any depth of settings.

    Example:
        >>> list(names_in({"name": "my.heads:Wide", "of": {"name": "linear", "layers": ["my.layers:Thin"]}}))
        ['my.heads:Wide', 'my.layers:Thin']
    """
    if isinstance(value, str):
        yield from [value] if ":" in value else []
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from names_in(each)
