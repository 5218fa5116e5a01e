"""Match label names regardless of case and of how accents are encoded."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence


def folded(name: str) -> str:
    """Return a name in Unicode NFC form, case-folded and stripped, for comparison."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def matched_names(given: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Return the given names, each replaced by the wanted name that it matches.

    Exact matches come first; then names match regardless of case, if exactly one wanted and one given name share that
    folded form. Other names are returned unchanged.

    Example:
        >>> matched_names(["Happy", "SAD", "Us", "us"], ["happy", "sad", "US"])
        ['happy', 'sad', 'Us', 'us']
    """
    given = [str(name) for name in given]
    exact = set(given) & set(wanted)
    theirs, ours = (Counter(map(folded, dict.fromkeys(names))) for names in (given, wanted))
    meant = {folded(name): name for name in wanted if ours[folded(name)] == theirs[folded(name)] == 1}
    return [name if name in exact else meant.get(folded(name), name) for name in given]
