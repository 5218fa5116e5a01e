"""Errors and warnings for the user who gave the input."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterable

NOTE = logging.INFO + 5
"""Log level of messages that the command line always shows."""


def note(text: str) -> None:
    """Tell the user how an input was used: a line on the command line, a log record elsewhere."""
    logging.getLogger("gcnlabel").log(NOTE, text)


class InputError(ValueError):
    """Something the user gave cannot be used.

    Args:
        what: What was given and why it cannot be used.
        where: Where it was found: a file, row, column, label or config key.
        expected: What was expected instead.
        fix: What to do about it.

    Example:
        >>> print(InputError("unknown class 'hapy'", where="a.csv, row 3", fix="did you mean 'happy'?"))
        unknown class 'hapy'
          where: a.csv, row 3
          to do: did you mean 'happy'?
    """

    def __init__(
        self,
        what: str,
        *,
        where: object = None,
        expected: object = None,
        fix: object = None,
    ) -> None:
        lines = [what]
        for key, value in (("where", where), ("expected", expected), ("to do", fix)):
            if value is not None:
                lines.append(f"  {key}: {value}")
        super().__init__("\n".join(lines))
        self.what, self.expected, self.fix = what, expected, fix


class UntrustedCodeError(InputError):
    """A file names code that the user has neither named nor trusted."""


class NoEdgeError(InputError):
    """No label of a graph has a neighbour."""


class GcnlabelWarning(UserWarning):
    """Base of the warnings that gcnlabel gives about data."""


class FewSamplesWarning(GcnlabelWarning):
    """A statistic of two labels rests on very few samples."""


class UndefinedStatisticWarning(GcnlabelWarning):
    """A pair of labels has no defined statistic and was given 0."""


class IsolatedLabelWarning(GcnlabelWarning):
    """A label has no neighbour: it keeps only its self-loop."""


class DisagreeingEdgesWarning(GcnlabelWarning):
    """Edges from another source, or from names alone, disagree with the measured statistics."""


MEMORY = re.compile(
    r"out of memory|can't allocate memory|DefaultCPUAllocator|Storage size calculation overflowed", re.IGNORECASE
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out; PyTorch's on a CPU is a plain ``RuntimeError``.

    Example:
        >>> is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"))
        True
    """
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and bool(MEMORY.search(str(error))))


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return a hint that names the closest known name, or None when nothing is close.

    Example:
        >>> closest("valance", ["valence", "arousal"])
        "did you mean 'valence'?"
    """
    matches = difflib.get_close_matches(str(name), [str(k) for k in known], n=1)
    return f"did you mean {matches[0]!r}?" if matches else None


def shorten(names: Iterable[object], limit: int = 8) -> str:
    """Join names for a message, at most ``limit`` of them.

    Example:
        >>> shorten(["a", "b", "c"], limit=2)
        'a, b and 1 more'
    """
    items = [str(name) for name in names]
    shown = ", ".join(items[:limit])
    return shown if len(items) <= limit else f"{shown} and {len(items) - limit} more"
