"""The folder to which figures are written."""

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
    """Folder and formats of figures, which are written all together or not at all.

    Attributes:
        path: The folder.
        formats: ``pdf``, ``svg``, ``png``.
        overwrite: Whether existing figures may be replaced.
        written: Files written so far.
        missing: Figures that cannot be drawn, with reasons.
    """

    path: Path
    formats: Sequence[str] = ("pdf",)
    overwrite: bool = False
    written: list[Path] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    _drawn: dict[Path, bytes] = field(default_factory=dict)

    def save(self, name: str, figure: Any, table: pl.DataFrame) -> None:
        """Render a figure in every format, and its numbers as CSV; :meth:`write` writes them."""
        self._drawn |= rendered(figure, self.path / name, self.formats, table=table)

    @property
    def drawn(self) -> bool:
        """Whether there are figures to write."""
        return bool(self._drawn)

    def write(self) -> None:
        """Write the rendered figures."""
        self.written += write_together(self._drawn, overwrite=self.overwrite)
        self._drawn = {}

    @contextmanager
    def unless_damaged(self, what: str) -> Iterator[None]:
        """Return a context that notes why ``what`` cannot be drawn, and suppresses errors, except for untrusted code.

        Warns:
            GcnlabelWarning: It cannot be drawn.
        """
        try:
            yield
        except UntrustedCodeError:
            raise
        except ValueError as error:
            self.missing.append(f"{what}: {error}")
            warnings.warn(f"not drawn: {what}: {error}", GcnlabelWarning, stacklevel=3)
