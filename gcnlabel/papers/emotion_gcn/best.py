"""The best numbers of a table of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gcnlabel.papers.emotion_gcn.result_table import ResultTable


class Place(NamedTuple):
    """Position of a number in a table: row, column, and whether it is reported by the paper or measured."""

    row: int
    column: int
    reported: bool


def best_places(table: ResultTable) -> set[Place]:
    """Return the positions of the highest measured and the highest reported numbers, per column or per table.

    Numbers that are equal after rounding are all best. Differences, and groups of one number, have no best.
    """
    found: set[Place] = set()
    for places in _compared(table):
        values = {place: round(value, digits) for place, value, digits in places}
        if len(values) > 1:
            found |= {place for place, value in values.items() if value == max(values.values())}
    return found


def _compared(table: ResultTable) -> Iterator[list[tuple[Place, float, int]]]:
    groups: Sequence[Sequence[int]] = [[k] for k in range(len(table.columns))]
    if table.one_measure:
        groups = [range(len(table.columns))]
    for group in groups:
        columns = [(k, table.columns[k]) for k in group if not table.columns[k].signed]
        yield [
            (Place(i, k, False), cell.mean, column.digits)
            for k, column in columns
            for i, cell in enumerate(column.cells)
            if cell is not None
        ]
        yield [
            (Place(i, k, True), value, column.digits)
            for k, column in columns
            for i, value in enumerate(column.reported or ())
            if value is not None
        ]
