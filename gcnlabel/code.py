"""Import modules of a package, and user code named ``package.module:Attribute``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any

from gcnlabel.errors import InputError

_met: ContextVar[list[str] | None] = ContextVar("code_met", default=None)


@contextmanager
def code_refused() -> Iterator[list[str]]:
    """Within the block, do not import code that settings name; yield the list in which its names are collected."""
    met: list[str] = []
    token = _met.set(met)
    try:
        yield met
    finally:
        _met.reset(token)


def is_refused(values: Any) -> bool:
    """Whether imports are refused now; if so, collect the names of code in a part and its options."""
    met = _met.get()
    if met is not None:
        met.extend(names_in(values))
    return met is not None


def import_all(package: str) -> None:
    """Import a module and, if it is a package, the modules directly in it; do nothing if it does not exist."""
    if find_spec(package) is not None:
        path = getattr(importlib.import_module(package), "__path__", ())
        for module in pkgutil.iter_modules(path):
            importlib.import_module(f"{package}.{module.name}")


def imported(name: str) -> Any:
    """Return the object named ``package.module:Attribute``.

    Raises:
        InputError: The module cannot be imported, or has no such attribute.
    """
    module, _, attribute = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for each in attribute.split("."):
            found = getattr(found, each)
    except Exception as error:  # a module can raise anything when it is imported
        raise InputError(
            f"{name!r} cannot be imported: {type(error).__name__}: {error}",
            expected="package.module:Attribute, of an importable module",
            fix="run the command in the module's folder, or add that folder to PYTHONPATH",
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
