"""Registries of parts by name: registered where they are defined, or user code ``package.module:Attribute``.

A part is a callable. Its keyword-only arguments are its options, from which names, types and defaults of a config are
derived; its positional arguments are given by the caller. A subclass of :class:`Part` declares its options itself.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError, create_model
from pydantic_core import CoreSchema, core_schema

from gcnlabel.code import import_all, imported, is_refused
from gcnlabel.errors import InputError, unknown_name
from gcnlabel.settings import Section, keyword_options

Made = TypeVar("Made", bound=Callable[..., Any])
WINGS = ("faces", "studies", "papers")
"""Packages that the core does not import; their parts are in folders with the names of the core's folders."""

KINDS: dict[str, Registry] = {}
"""Kind of part -> its registry, for imported registries."""


class Part(Section):
    """Name and options of a part, as a config gives them."""

    name: str
    kind: ClassVar[Registry | None] = None

    def __reduce__(self) -> Any:
        """Pickle as plain values, which other processes parse: the class is created by the registry."""
        return super().__reduce__() if self.kind is None else (self.kind.parse, (self.model_dump(),))

    def __str__(self) -> str:
        """Return ``NAME:OPTION:OPTION``."""
        return ":".join([self.name, *map(str, self.options.values())])

    @property
    def options(self) -> dict[str, Any]:
        """The part's own options, with their defaults; not the options of all parts of its kind."""
        form: Any = type(self).__bases__[0]
        return {key: getattr(self, key) for key in type(self).model_fields if key not in form.model_fields}


@dataclass(eq=False, repr=False)
class Registry:
    """Registry of the parts of one kind.

    A config field ``Annotated[Part, HEADS]`` accepts a name, or a mapping of a name and options.

    Args:
        kind: Name of the kind in messages.
        home: Module, or package whose modules define parts; all are imported when a name is looked up, with those in
            folders of the same name in :data:`WINGS`.
        key: Key of the name in a config.
        form: Base class of the settings of the kind, a :class:`Part`.
        default: Name of the part if options are given without a name.
        makes: Type of the results of parts; as ``package.module:Attribute`` to avoid a slow import.

    Example:
        >>> CELLS = Registry("cell", "gcnlabel.registry")
        >>> @CELLS.register("wide")
        ... def wide(size, *, factor: int = 2):
        ...     return size * factor
        >>> CELLS.make({"name": "wide", "factor": 3}, 5), CELLS.make("wide", 5), CELLS.names()
        (15, 10, ['wide'])
    """

    kind: str
    home: str
    _: KW_ONLY
    key: str = "name"
    form: type[Part] = Part
    default: str | None = None
    makes: type | str = object

    def __post_init__(self) -> None:
        """Add the registry under its kind."""
        KINDS[self.kind] = self
        self._parts: dict[str, Callable[..., Any]] = {}
        self._settings: dict[str, type[Section]] = {}
        self._loaded = False

    def register(self, name: str, **answers: Any) -> Callable[[Made], Made]:
        """Return a decorator that registers a callable under a name; ``answers`` become its attributes."""

        def add(part: Made) -> Made:
            self._parts[name] = part
            for key, value in answers.items():
                setattr(part, key, value)
            return part

        return add

    def names(self) -> list[str]:
        """Return the names of all parts, in alphabetical order."""
        self._load()
        return sorted(self._parts)

    def resolve(self, name: str) -> Callable[..., Any]:
        """Return the part with a name, or the object named ``package.module:Attribute``.

        Raises:
            InputError: The name is unknown, or the code cannot be imported.
        """
        if ":" in name:
            return imported(name)
        self._load()
        if name not in self._parts:
            raise unknown_name(self.kind, name, self.names())
        return self._parts[name]

    def settings(self, name: str) -> type[Section]:
        """Return the options of a part as typed settings."""
        part = self.resolve(name)
        if isinstance(part, type) and issubclass(part, Section):
            return part
        if name not in self._settings:
            made = create_model(name, __base__=self.form, name=(str, name), **keyword_options(part))
            made.kind = self
            self._settings[name] = made
        return self._settings[name]

    def parse(self, value: Any) -> Any:
        """Return the checked settings of a part, from its name or from a mapping of name and options.

        Raises:
            ValidationError: An option is unknown or its value is not allowed.
            InputError: The name is unknown or missing.
        """
        if isinstance(value, Section):
            return value
        values = dict(value) if isinstance(value, Mapping) else {self.key: value}
        name = values.setdefault(self.key, self.default)
        if not isinstance(name, str):
            raise InputError(f"no {self.key} of a {self.kind}", expected=" | ".join(self.names()))
        if ":" in name and is_refused(values):
            return self.form(name=name)
        return self.settings(name).model_validate(values)

    def checked(self, value: Any) -> Any:
        """Return the same as :meth:`parse`, for use outside a config.

        Raises:
            InputError: The name or an option is unknown, or a value is not allowed.
        """
        try:
            return self.parse(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ": ".join(map(str, (self.kind, value, *first["loc"], first["msg"])))
            raise InputError(place) from None

    def make(self, value: Any, *made_from: Any) -> Any:
        """Call the part with positional arguments and the options of its settings, and return the result.

        Raises:
            InputError: The result does not have the type of this kind.
        """
        part = self.checked(value)
        made = self.resolve(part.name)(*made_from, **part.options)
        wanted: type = imported(self.makes) if isinstance(self.makes, str) else self.makes
        if not isinstance(made, wanted):
            expected = f"a {wanted.__module__}.{wanted.__qualname__}"
            raise InputError(f"{self.kind} {part.name!r} makes a {type(made).__name__}", expected=expected)
        return made

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return pydantic's schema of a field that is annotated with this registry."""
        dump = core_schema.plain_serializer_function_ser_schema(lambda part: part.model_dump())
        return core_schema.no_info_plain_validator_function(self.parse, serialization=dump)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Return the JSON schema of a field that is annotated with this registry."""
        return {"part": self.kind}

    def __reduce__(self) -> Any:
        """Pickle by name: other processes import the registry."""
        return _registry, (self.kind, self.home)

    def _load(self) -> None:
        if not self._loaded:
            self._loaded = True
            folder = self.home.rpartition(".")[2]
            for home in (self.home, *(f"gcnlabel.{wing}.{folder}" for wing in WINGS)):
                import_all(home)


def _registry(kind: str, home: str) -> Registry:
    if kind not in KINDS:
        importlib.import_module(home)
    return KINDS[kind]
