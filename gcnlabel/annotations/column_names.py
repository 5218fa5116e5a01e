"""Unique names of the columns of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

NAMELESS = "\0"
"""First character of the names given to columns without a name, or with a duplicate one."""


def widened_header(header: list[str], first: list[str], *, unnamed_first: bool) -> list[str]:
    """Return the header with a name for each cell of the first row, where the rows are wider for a known reason."""
    extra = first[len(header) :]
    if unnamed_first and len(extra) == 1:
        return ["" if "id" in header else "id", *header]
    return header if any(cell.strip() for cell in extra) else header + [""] * len(extra)


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return a unique name for each column, and the names that several columns share."""
    times = Counter(name for name in names if name.strip())
    first = {name: i for i, name in reversed(list(enumerate(names)))}
    unique = (name if name.strip() and first[name] == i else f"{NAMELESS}{i}" for i, name in enumerate(names))
    return tuple(unique), frozenset(name for name, count in times.items() if count > 1)
