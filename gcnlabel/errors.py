"""Errors and warnings about user input."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterable, Sequence

NOTE = logging.INFO + 5
"""Log level of messages that the command line always shows."""


def note(text: str) -> None:
    """Log how an input is used; the command line prints it."""
    logging.getLogger("gcnlabel").log(NOTE, text)


class InputError(ValueError):
    """An input of the user cannot be used.

    Args:
        what: The input and the problem.
        where: Its place: a file, row, column, label or config key.
        expected: The expected input.
        fix: Advice, shown as "to do".

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
    """A file names code that the user has neither given nor trusted."""


class NoEdgeError(InputError):
    """No label of a graph has a neighbour."""


class GcnlabelWarning(UserWarning):
    """Base class of warnings about data."""


class FewSamplesWarning(GcnlabelWarning):
    """A statistic of two labels is based on very few samples."""


class UndefinedStatisticWarning(GcnlabelWarning):
    """The statistic of a pair of labels is undefined and set to 0."""


class IsolatedLabelWarning(GcnlabelWarning):
    """A label has no neighbour: it keeps only its self-loop."""


class DisagreeingEdgesWarning(GcnlabelWarning):
    """Edges from another source, or from embeddings of names, disagree with the measured statistics."""


MEMORY = re.compile(
    r"out of memory|can't allocate memory|DefaultCPUAllocator|Storage size calculation overflowed", re.IGNORECASE
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that memory ran out; on a CPU PyTorch raises a plain ``RuntimeError``.

    Example:
        >>> is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"))
        True
    """
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and bool(MEMORY.search(str(error))))


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return a hint with the closest known name, or None if no name is close.

    Example:
        >>> closest("valance", ["valence", "arousal"])
        "did you mean 'valence'?"
    """
    matches = difflib.get_close_matches(str(name), [str(k) for k in known], n=1)
    return f"did you mean {matches[0]!r}?" if matches else None


def unknown_name(kind: str, name: str, known: Sequence[str]) -> InputError:
    """Return the error for the name of a part that is not among the known ones of its kind.

    Example:
        >>> print(unknown_name("loss", "mee", ["ccc", "mse"]))
        unknown loss 'mee'
          expected: ccc | mse | package.module:Attribute
          to do: did you mean 'mse'?
    """
    expected = " | ".join([*known, "package.module:Attribute"])
    return InputError(f"unknown {kind} {name!r}", expected=expected, fix=closest(name, known))


def shorten(names: Iterable[object], limit: int = 8) -> str:
    """Join names for a message, at most ``limit`` of them.

    Example:
        >>> shorten(["a", "b", "c"], limit=2)
        'a, b and 1 more'
    """
    items = [str(name) for name in names]
    shown = ", ".join(items[:limit])
    return shown if len(items) <= limit else f"{shown} and {len(items) - limit} more"
