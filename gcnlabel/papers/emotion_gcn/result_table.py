"""A table of results, with measured and reported numbers in separate columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from gcnlabel.papers.emotion_gcn.cells import Cell

REPORTED = "reported"
SOURCE = "source"


@dataclass(frozen=True)
class Column:
    """A measured column and, optionally, the numbers that the paper reports.

    Attributes:
        title: Heading.
        cells: Measured results, one per row; None where nothing was measured.
        reported: Numbers reported by the paper, one per row; None for no such column.
        digits: Number of printed decimals.
        signed: Whether the numbers are differences, printed with their sign.
    """

    title: str
    cells: Sequence[Cell | None]
    reported: Sequence[float | None] | None = None
    digits: int = 2
    signed: bool = False


@dataclass(frozen=True)
class ResultTable:
    """A table of results.

    Attributes:
        caption: What it shows, and on which data.
        corner: Heading of the names of the rows.
        rows: Names of the rows.
        columns: The columns.
        one_measure: Whether all columns have the same measure, so that the best number is that of the whole table.
        sources: The paper of each row, if the rows come from different papers; or None.
    """

    caption: str
    corner: str
    rows: Sequence[str]
    columns: Sequence[Column]
    one_measure: bool = False
    sources: Sequence[str] | None = None

    def frame(self) -> pl.DataFrame:
        """Return the numbers as a data frame: columns for mean, sd (or low and high), and the reported value."""
        data: dict[str, Sequence[object]] = {self.corner: list(self.rows)}
        for column in self.columns:
            cells = [cell or Cell(float("nan")) for cell in column.cells]
            data[f"{column.title}: mean"] = [None if cell.mean != cell.mean else cell.mean for cell in cells]
            if any(cell.interval for cell in cells):
                data[f"{column.title}: low"] = [cell.interval[0] if cell.interval else None for cell in cells]
                data[f"{column.title}: high"] = [cell.interval[1] if cell.interval else None for cell in cells]
            else:
                data[f"{column.title}: sd"] = [cell.sd for cell in cells]
            if column.reported is not None:
                data[f"{column.title}: {REPORTED}"] = list(column.reported)
        if self.sources is not None:
            data[SOURCE] = list(self.sources)
        return pl.DataFrame(data, strict=False)
