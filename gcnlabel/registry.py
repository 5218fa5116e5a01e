"""Parts by name: what registers itself beside its definition, or what a user names by ``package.module:Attribute``.

A part is a callable. Its positional arguments are what it is made from, its keyword-only arguments are its options:
names, types and defaults of a config are read from there. A subclass of :class:`Part` holds its options itself.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any, TypeVar

from pydantic import create_model
from pydantic_core import CoreSchema, core_schema

from gcnlabel.errors import InputError, closest
from gcnlabel.settings import Section

Made = TypeVar("Made", bound=Callable[..., Any])
WINGS = ("faces", "studies", "papers")
"""Packages that no other imports: their parts lie in folders of the same name as those of the core."""

_code_met: ContextVar[list[str] | None] = ContextVar("code_met", default=None)


class Part(Section):
    """Name and options of a part, as a config gives them."""

    name: str

    @property
    def options(self) -> dict[str, Any]:
        """The options, with their defaults."""
        return {key: getattr(self, key) for key in type(self).model_fields if key != "name"}


class Registry:
    """Parts of one kind.

    As annotation of a field, ``Annotated[Part, HEADS]``, it takes a name, or a mapping of a name and options.

    Args:
        kind: What messages call a part.
        home: Module, or package whose modules define parts: all are imported when a name is looked up, with those in
            folders of the same name in :data:`WINGS`.
        key: What a config calls the name.

    Example:
        >>> CELLS = Registry("cell", "gcnlabel.registry")
        >>> @CELLS.register("wide")
        ... def wide(size, *, factor: int = 2):
        ...     return size * factor
        >>> CELLS.make({"name": "wide", "factor": 3}, 5), CELLS.make("wide", 5), CELLS.names()
        (15, 10, ['wide'])
    """

    def __init__(self, kind: str, home: str, *, key: str = "name") -> None:
        self.kind, self.home, self.key = kind, home, key
        self._parts: dict[str, Callable[..., Any]] = {}
        self._settings: dict[str, type[Section]] = {}
        self._loaded = False

    def register(self, name: str) -> Callable[[Made], Made]:
        """Return a decorator that makes a callable the part of that name."""

        def add(part: Made) -> Made:
            self._parts[name] = part
            return part

        return add

    def names(self) -> list[str]:
        """Return the names of all parts, in alphabetical order."""
        self._load()
        return sorted(self._parts)

    def resolve(self, name: str) -> Callable[..., Any]:
        """Return the part of that name, or what ``package.module:Attribute`` names.

        Raises:
            InputError: There is none; or the code cannot be imported.
        """
        if ":" in name:
            return imported(name)
        self._load()
        if name not in self._parts:
            known = self.names()
            expected = " | ".join([*known, "package.module:Attribute"])
            raise InputError(f"unknown {self.kind} {name!r}", expected=expected, fix=closest(name, known))
        return self._parts[name]

    def settings(self, name: str) -> type[Section]:
        """Return the options of a part as typed settings."""
        part = self.resolve(name)
        if isinstance(part, type) and issubclass(part, Section):
            return part
        if name not in self._settings:
            self._settings[name] = create_model(name, __base__=Part, name=(str, name), **_options(part))
        return self._settings[name]

    def parse(self, value: Any) -> Any:
        """Return the checked settings of a part, from its name or from a mapping of name and options.

        Raises:
            ValidationError: An option does not exist or has a value that is not allowed.
            InputError: The name does not exist, or is missing.
        """
        if isinstance(value, Section):
            return value
        values = dict(value) if isinstance(value, Mapping) else {self.key: value}
        name = values.get(self.key)
        if not isinstance(name, str):
            raise InputError(f"no {self.key} of a {self.kind}", expected=" | ".join(self.names()))
        met = _code_met.get()
        if ":" in name and met is not None:
            met.append(name)
            return Part(name=name)
        return self.settings(name).model_validate(values)

    def make(self, value: Any, *made_from: Any) -> Any:
        """Return what the part makes of its positional arguments, with the options of its settings."""
        part = self.parse(value)
        return self.resolve(part.name)(*made_from, **part.options)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return how pydantic reads a field that is annotated with this registry."""
        dump = core_schema.plain_serializer_function_ser_schema(lambda part: part.model_dump())
        return core_schema.no_info_plain_validator_function(self.parse, serialization=dump)

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        folder = self.home.rpartition(".")[2]
        for home in (self.home, *(f"gcnlabel.{wing}.{folder}" for wing in WINGS)):
            if find_spec(home) is not None:
                package = importlib.import_module(home)
                for module in pkgutil.iter_modules(getattr(package, "__path__", ())):
                    importlib.import_module(f"{home}.{module.name}")


@contextmanager
def code_refused() -> Iterator[list[str]]:
    """Import no code that settings name while this lasts; the list given is filled with the names that were met."""
    met: list[str] = []
    token = _code_met.set(met)
    try:
        yield met
    finally:
        _code_met.reset(token)


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


def _options(part: Callable[..., Any]) -> dict[str, Any]:
    """Return name -> (type, default) of the keyword-only arguments."""
    found = {}
    for argument in inspect.signature(part, eval_str=True).parameters.values():
        if argument.kind is argument.KEYWORD_ONLY:
            kind = Any if argument.annotation is argument.empty else argument.annotation
            found[argument.name] = (kind, ... if argument.default is argument.empty else argument.default)
    return found
