"""Names that mean the same label."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence


def folded(name: str) -> str:
    """Return a name without regard to case and to how its accents are encoded."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def matched_names(given: Iterable[str], wanted: Sequence[str]) -> list[str]:
    """Return the given names, each as the wanted name that it means.

    A name that is wanted as it is stays; else case is disregarded, where one wanted and one given name alone are so
    written. What means no wanted name stays too.

    Example:
        >>> matched_names(["Happy", "SAD", "Us", "us"], ["happy", "sad", "US"])
        ['happy', 'sad', 'Us', 'us']
    """
    given = [str(name) for name in given]
    exact = set(given) & set(wanted)
    theirs, ours = (Counter(map(folded, dict.fromkeys(names))) for names in (given, wanted))
    meant = {folded(name): name for name in wanted if ours[folded(name)] == theirs[folded(name)] == 1}
    return [name if name in exact else meant.get(folded(name), name) for name in given]
