"""Columns of an annotation table that hold a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gcnlabel.errors import InputError


@dataclass(frozen=True)
class Columns:
    """Columns of an annotation table that hold a task, and the meaning of their cells.

    Attributes:
        column: One column that holds the whole task: a class, or a list of tags in each cell.
        columns: Label -> column, for tasks with one column per label (classes: one-hot). A label that is not listed
            has a column of its own name.
        codes: Cell text -> meaning: a class, or a tag of a list (``{"0": "neutral"}``); for one column per tag, 1
            (present) or 0 (absent) (``{"U": 0, "": 0}``).
        separator: Text between the tags of one cell; None for a space.
        empty: Cell text that means "annotated, without any tag" where one cell lists all tags; None for ``[]``.
        missing: Cell texts that mean "not annotated", in addition to an empty cell.
        negatives: Column that lists the absent tags, in addition to ``column``, which lists the present ones; tags
            listed in neither are not annotated.
        votes: Whether the column of each class holds the number or share of the annotators that chose it.
        signed: Labels with one column each in which -1 means "absent"; the reader adds labels whose column holds -1
            and 1 only.
    """

    column: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = None
    empty: str | None = None
    missing: tuple[str, ...] = ()
    negatives: str | None = None
    votes: bool = False
    signed: tuple[str, ...] = ()

    def column_of(self, label: str) -> str:
        """Return the name of a label's own column."""
        return self.columns.get(label, label)

    def given(self) -> tuple[str, ...]:
        """Return the names of the options whose values differ from their defaults."""
        default = Columns()
        return tuple(name for name, value in vars(self).items() if value != getattr(default, name))

    def to_dict(self) -> dict[str, Any]:
        """Return the options that differ from their defaults as plain values, as in the YAML file."""
        changed = {name: getattr(self, name) for name in self.given()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], where: object = None) -> Columns:
        """Build from plain values, as the YAML file holds them.

        Raises:
            InputError: ``columns`` or ``codes`` is no mapping, a text option is no text, or YAML has read a word as a
                boolean or null.
        """
        values = dict(given)
        for key in ("columns", "codes"):
            if not isinstance(values.get(key, {}), Mapping):
                raise InputError(f"{key!r} is {values[key]!r}", where=where, expected="a mapping")
            values[key] = {_text(k, key, where): str(v) for k, v in values.get(key, {}).items()}
        for key in ("missing", "signed"):
            listed = values.get(key, [])
            values[key] = tuple(
                _text(v, key, where) for v in (listed if isinstance(listed, list | tuple) else [listed])
            )
        if not isinstance(values.get("votes", False), bool):
            raise InputError(f"'votes' is {values['votes']!r}", where=where, expected="true or false")
        for key in ("column", "separator", "empty", "negatives"):
            if not isinstance(values.get(key), str | None) or (key == "separator" and values.get(key) == ""):
                raise InputError(
                    f"{key!r} is {values[key]!r}", where=where, expected="a text; quote what YAML does not"
                )
        return cls(**values)


def _text(value: Any, key: str, where: object) -> str:
    """Return a declared cell text; refuse booleans and null, which YAML makes of unquoted ``no`` and ``null``."""
    if value is None or isinstance(value, bool):
        raise InputError(f"{key!r} holds {value!r}", where=where, fix="quote words that YAML reads so: 'yes', 'null'")
    return str(value)
