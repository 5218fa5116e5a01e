"""A column of an ARFF file, from its declaration."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gcnlabel.annotations.arff_text import Token, grouped, joined, tokens, without_weight
from gcnlabel.errors import InputError, shorten

NUMERIC = ("numeric", "real", "integer")
TEXT = ("string", "date")


@dataclass(frozen=True)
class Attribute:
    """A column.

    Attributes:
        name: Its name, without quotes and escapes.
        kind: ``numeric``, ``nominal``, ``string`` or ``date``.
        values: Declared values of a nominal attribute; of a text attribute, an empty text and the texts that occur.
        written: Its name as written in the file, with escapes.
        weight: Weka's weight of the column.
    """

    name: str
    kind: str = "numeric"
    values: tuple[str, ...] = ()
    written: str = field(default="", compare=False)
    weight: float = field(default=1.0, compare=False)

    @property
    def is_text(self) -> bool:
        """Whether the cells are text or dates."""
        return self.kind in TEXT

    def value(self, code: float) -> str:
        """Return the text of a cell: the nominal value or text with index ``code``, or the number ``code``."""
        if self.kind != "numeric":
            return self.values[int(code)]
        return str(int(code)) if code.is_integer() else repr(code)


class Coder:
    """Encode cells of a column as numbers: the value, or the index of a nominal value or text; NaN if missing."""

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._places = {value: i for i, value in enumerate(attribute.values)}

    def __call__(self, cell: str | None) -> float:
        """Return the number of a cell, None where it is missing.

        Raises:
            ValueError: The cell does not suit the column.
        """
        if cell is None:
            return math.nan
        if self._attribute.kind == "numeric":
            return self._number(cell)
        place = self._places.get(cell)
        if place is not None:
            return float(place)
        if self._attribute.is_text:
            return float(self._places.setdefault(cell, len(self._places)))
        if cell == "?":
            return math.nan
        raise ValueError(f"attribute {self._attribute.name!r}: {cell[:60]!r} is none of {shorten(self._places)}")

    @property
    def quick(self) -> Callable[[str], float]:
        """Fast encoder of usual cells; for others it raises KeyError or ValueError, or returns infinity."""
        if self._attribute.kind == "numeric":
            return float
        return self._known_text if self._attribute.is_text else self._places.__getitem__

    def attribute(self) -> Attribute:
        """Return the column, with the texts that were found."""
        return replace(self._attribute, values=tuple(self._places))

    def _known_text(self, cell: str) -> float:
        if cell == "?":  # missing, also beside a text '?' in quotes
            raise KeyError(cell)
        return self._places[cell]

    def _number(self, cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            value = math.inf
        if math.isinf(value) or "_" in cell:
            if cell == "?":
                return math.nan
            raise ValueError(f"attribute {self._attribute.name!r}: {cell[:60]!r} is no finite number")
        return value


def parse_attribute(text: str, where: str) -> Attribute:
    """Parse the declaration after ``@attribute``.

    Raises:
        InputError: The declaration cannot be read, or its type is not supported.
    """
    try:
        line = tokens(text)
        if len(line) < 2 or line[0].kind not in ("word", "quoted"):
            note = "; % outside quotes begins a comment" if "%" in text else ""
            raise ValueError(f"an attribute needs a name and a type{note}")
        name, kind = line[0], line[1].text.lower().partition("[")[0]
        if kind == "{":
            end = next((i for i, token in enumerate(line) if token.kind == "}"), None)
            if end is None:
                raise ValueError("the list of values does not end")
            weight = _rest_weight(line[end + 1 :])
            return Attribute(name.text, "nominal", _values(line[2:end]), name.written, weight)
        spec, weight = without_weight(line[1:])
    except ValueError as error:
        raise InputError(f"@attribute {text.strip()[:60]}: {error}", where=where) from error
    if kind in NUMERIC and (len(spec) == 1 or "[" in spec[0].text or spec[1].text.startswith("[")):
        return Attribute(name.text, "numeric", (), name.written, weight)
    if kind in TEXT and len(spec) <= 2:
        return Attribute(name.text, kind, ("",), name.written, weight)
    if kind == "relational":
        raise InputError(f"attribute {name.text!r} is relational: tables within rows are not read", where=where)
    given = " ".join(token.written for token in line[1:])
    raise InputError(
        f"attribute {name.text!r} has the type {given[:40]!r}",
        where=where,
        expected=f"{', '.join((*NUMERIC, *TEXT))} or {{a, b, ...}}",
        fix="quote names with spaces or one of , { } %",
    )


def _rest_weight(line: list[Token]) -> float:
    """Return the weight after a list of values.

    Raises:
        ValueError: Anything else follows the list.
    """
    rest, weight = without_weight([Token(",", ",", ","), *line])
    if [token for token in rest if token.kind != ","]:
        raise ValueError(f"{rest[-1].text!r} after the list of values")
    return weight


def _values(line: list[Token]) -> tuple[str, ...]:
    """Return the values of a list, separated by commas or, if there is none, by spaces.

    Raises:
        ValueError: A value is a duplicate, or the list is malformed.
    """
    groups = grouped(line)
    if len(groups) == 1:
        groups = [[token] for token in groups[0]]
    values = ["?" if value is None else value for value in map(joined, groups)]
    twice = [value for value, times in Counter(values).items() if times > 1]
    if twice:
        raise ValueError(f"duplicate values: {shorten(twice)}")
    return tuple(values)
