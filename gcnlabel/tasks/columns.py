"""Where a table of annotations holds a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gcnlabel.errors import InputError


@dataclass(frozen=True)
class Columns:
    """Where a table of annotations holds a task.

    Attributes:
        column: One column that holds the whole task: a class, or a list of tags in each cell.
        columns: Label to column, for tasks with one column a label, of classes with a 1 in one of them. Labels left out
            have the label's own name.
        codes: Cell text to what it means: a class, or a tag of a list (``{"0": "neutral"}``); for tags with a column
            each, 1 where the tag is there and 0 where it is not (``{"U": 0, "": 0}``).
        separator: What stands between the tags of one cell; None for a space.
        empty: Cell text that means "annotated, and no tag" where all tags stand in one cell; None for ``[]``.
        missing: Cell texts that mean "not annotated", beside an empty cell.
        negatives: Column that lists the tags that are known to be absent, beside one that lists those that are there;
            the tags of neither are not annotated.
        votes: Whether the column of each class holds how many annotators, or what share of them, chose it.
        signed: Labels with a column each in which -1 means "absent"; the reader adds those whose column holds -1 and 1
            and nothing else.
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
        """Return the column of a label that has one of its own."""
        return self.columns.get(label, label)

    def given(self) -> tuple[str, ...]:
        """Return the names of the options that are not as they are by default."""
        default = Columns()
        return tuple(name for name, value in vars(self).items() if value != getattr(default, name))

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from the default as plain values, as in the YAML file."""
        changed = {name: getattr(self, name) for name in self.given()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], where: object = None) -> Columns:
        """Build from plain values, as the YAML file holds them.

        Raises:
            InputError: ``columns`` or ``codes`` is no mapping, another key no text, or YAML has read a word as a truth
                value.
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
    """Return a cell's text as it is declared; ``no`` and ``null`` are other things in YAML than what is in the file."""
    if value is None or isinstance(value, bool):
        raise InputError(f"{key!r} holds {value!r}", where=where, fix="quote words that YAML reads so: 'yes', 'null'")
    return str(value)
