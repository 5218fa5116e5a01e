"""Where a table of annotations holds a task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gcnlabel.errors import InputError


@dataclass(frozen=True)
class Columns:
    """Where a table of annotations holds a task.

    Attributes:
        column: One column that holds the whole task: a class, or several tags in one cell.
        columns: Label to column, for tasks with one column a label. Labels left out have the label's own name.
        codes: Cell text to class or tag name, e.g. ``{"0": "neutral"}``.
        separator: What stands between the tags of one cell.
        empty: Cell text that means "annotated, and no tag" where all tags stand in one cell.
        missing: Cell texts that mean "not annotated", beside an empty cell.
    """

    column: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    separator: str = " "
    empty: str = "[]"
    missing: tuple[str, ...] = ()

    def of_labels(self, labels: Collection[str]) -> Columns:
        """Return where a table holds some labels of the task."""
        columns = {label: column for label, column in self.columns.items() if label in labels}
        return replace(self, columns=columns, codes={k: v for k, v in self.codes.items() if v in labels})

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from the default as plain values, as in the YAML file."""
        default = Columns()
        changed = {name: value for name, value in vars(self).items() if value != getattr(default, name)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any], where: object = None) -> Columns:
        """Build from plain values, as the YAML file holds them.

        Raises:
            InputError: ``columns`` or ``codes`` is no mapping.
        """
        values = dict(given)
        for key in ("columns", "codes"):
            if not isinstance(values.get(key, {}), Mapping):
                raise InputError(f"{key!r} is {values[key]!r}", where=where, expected="a mapping")
            values[key] = {str(k): str(v) for k, v in values.get(key, {}).items()}
        missing = values.get("missing", [])
        values["missing"] = tuple(str(v) for v in (missing if isinstance(missing, list) else [missing]))
        return cls(**values)
