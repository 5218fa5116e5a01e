"""What the campaigns of damaged files, kills and faults found, as Markdown for the README."""

from __future__ import annotations

from typing import Any

from head_tables import read

COLUMNS = {
    "survived": ("result",),
    "clear errors": ("clear error",),
    "lost or different": ("lost or different",),
    "tracebacks": ("traceback", "signal", "out of memory"),
    "hangs": ("hang",),
}
"""Column -> the ends that it counts."""


def campaign_table() -> str:
    """Return how many trials of each kind there were, of those that belong to a whole campaign, and how they ended."""
    lines = [f"| campaign | of | tried | {' | '.join(COLUMNS)} |", f"| --- | --- |{' ---: |' * (1 + len(COLUMNS))}"]
    for family, kinds in sorted(read("campaigns").items()):
        lines += [f"| {family} | {kind} | {_cells(found)} |" for kind, found in sorted(kinds.items())]
    return "\n".join(lines)


def _cells(found: dict[str, Any]) -> str:
    tried = f"{found['tried']:,}" + (f" of {found['asked']:,}" if found["tried"] < found["asked"] else "")
    return " | ".join([tried, *(f"{sum(found[end] for end in ends):,}" for ends in COLUMNS.values())])
