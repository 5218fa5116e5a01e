"""The folder that figures are written to."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from gcnlabel.errors import GcnlabelWarning, UntrustedCodeError
from gcnlabel.figures import rendered
from gcnlabel.files import write_together


@dataclass
class FigureFolder:
    """Where figures go and how; they are written together, all or none.

    Attributes:
        path: The folder.
        formats: ``pdf``, ``svg``, ``png``.
        overwrite: Whether figures that are there may be replaced.
        written: Files written so far.
        missing: What cannot be drawn, and why.
    """

    path: Path
    formats: Sequence[str] = ("pdf",)
    overwrite: bool = False
    written: list[Path] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    _drawn: dict[Path, bytes] = field(default_factory=dict)

    def save(self, name: str, figure: Any, table: pl.DataFrame) -> None:
        """Draw a figure in every format, and the numbers behind it as CSV, to be written."""
        self._drawn |= rendered(figure, self.path / name, self.formats, table=table)

    @property
    def drawn(self) -> bool:
        """Whether there is something to write."""
        return bool(self._drawn)

    def write(self) -> None:
        """Write what is drawn."""
        self.written += write_together(self._drawn, overwrite=self.overwrite)
        self._drawn = {}

    @contextmanager
    def unless_damaged(self, what: str) -> Iterator[None]:
        """Note why something cannot be drawn, and go on; code that nobody trusts is no such reason.

        Warns:
            GcnlabelWarning: It cannot be.
        """
        try:
            yield
        except UntrustedCodeError:
            raise
        except ValueError as error:
            self.missing.append(f"{what}: {error}")
            warnings.warn(f"not drawn: {what}: {error}", GcnlabelWarning, stacklevel=3)
