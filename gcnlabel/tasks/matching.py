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
    open_names = [name for name in dict.fromkeys(wanted) if name not in exact]
    theirs = Counter(folded(name) for name in dict.fromkeys(given) if name not in exact)
    ours = Counter(map(folded, open_names))
    meant = {folded(name): name for name in open_names if ours[folded(name)] == theirs[folded(name)] == 1}
    return [name if name in exact else meant.get(folded(name), name) for name in given]
