"""Warning about pairs of labels that few samples annotate together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FEW = 10
"""Number of samples below which a statistic is hardly significant: with 10, a correlation of .3 has p = .4."""
NAMED = 5
"""Number of pairs of labels that a warning names."""


def few_samples_text(few: Mapping[str, Any]) -> str:
    """Return the warning for pairs of labels that are annotated together on few samples, from the graph's history.

    Example:
        >>> few_samples_text({"number": 1, "pairs": [["fear", "joy", 4]]})
        'labels annotated together on fewer than 10 samples, whose statistic may be chance: fear-joy (4)'
    """
    named = ", ".join(f"{a}-{b} ({count})" for a, b, count in few["pairs"][:NAMED])
    more = f" and {few['number'] - NAMED} pairs more" if few["number"] > NAMED else ""
    return f"labels annotated together on fewer than {FEW} samples, whose statistic may be chance: {named}{more}"
