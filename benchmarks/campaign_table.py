"""What the campaigns of damaged files, kills and faults found, as Markdown for the README."""

from __future__ import annotations

from collections import Counter

from head_tables import read

COLUMNS = {
    "tried": ("tried",),
    "survived": ("result",),
    "clear errors": ("clear error",),
    "lost or different": ("lost or different",),
    "tracebacks": ("traceback", "signal", "out of memory"),
    "hangs": ("hang",),
}
"""Column -> the ends that it counts."""


def campaign_table() -> str:
    """Return how many trials of each kind there were, and how they ended; kinds of files of one group are one row."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for family, kinds in read("campaigns").items():
        for found in kinds.values():
            row = rows.setdefault((family, found["group"]), Counter())
            row.update({column: sum(found[end] for end in ends) for column, ends in COLUMNS.items()})
    lines = [f"| campaign | of | {' | '.join(COLUMNS)} |", f"| --- | --- |{' ---: |' * len(COLUMNS)}"]
    for (family, group), row in sorted(rows.items()):
        lines.append(f"| {family} | {group} | {' | '.join(f'{row[column]:,}' for column in COLUMNS)} |")
    return "\n".join(lines)
