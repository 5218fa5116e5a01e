"""Write tables of results as Markdown, LaTeX and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gcnlabel.decimals import decimal, short_decimal
from gcnlabel.files import atomic_writes, plain_cells
from gcnlabel.papers.emotion_gcn.best import Place, best_places
from gcnlabel.papers.emotion_gcn.cells import Cell
from gcnlabel.papers.emotion_gcn.latex import latex
from gcnlabel.papers.emotion_gcn.result_table import REPORTED, SOURCE, ResultTable


def cell_text(cell: Cell | None, digits: int, *, signed: bool = False) -> str:
    """Return a result as text: ``mean ± sd``, or ``mean [low, high]``; empty for None.

    Example:
        >>> cell_text(Cell(66.4, 0.31), 2), cell_text(Cell(-0.01, interval=(-0.02, 0.0)), 3, signed=True)
        ('66.40 ± 0.31', '−.010 [−.020, +.000]')
    """
    if cell is None:
        return ""
    mean = _number(cell.mean, digits, signed=signed)
    if cell.interval is not None:
        low, high = (_number(end, digits, signed=signed) for end in cell.interval)
        return f"{mean} [{low}, {high}]"
    return mean if cell.sd is None else f"{mean} ± {_number(cell.sd, digits)}"


def markdown(table: ResultTable) -> str:
    """Return the table as Markdown: headings of reported columns in italics, best numbers bold, caption below."""
    best = best_places(table)
    head, body = [table.corner], [[row] for row in table.rows]
    for k, column in enumerate(table.columns):
        head += [column.title, *([f"*{REPORTED}*"] if column.reported is not None else [])]
        for i, line in enumerate(body):
            text = cell_text(column.cells[i], column.digits, signed=column.signed)
            line.append(f"**{text}**" if Place(i, k, False) in best else text)
            if column.reported is not None:
                text = _number(column.reported[i], column.digits)
                line.append(f"**{text}**" if Place(i, k, True) in best else text)
    if table.sources is not None:
        head.append(SOURCE)
        body = [[*line, source] for line, source in zip(body, table.sources, strict=True)]
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, body)]
    return "\n".join([*lines, "", table.caption, ""])


def write_table(table: ResultTable, path: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write ``path.md``, ``path.tex`` and ``path.csv``, all or none, and return the files.

    Raises:
        InputError: One of them exists and ``overwrite`` is false.
    """
    files = [Path(f"{path}.{suffix}") for suffix in ("md", "tex", "csv")]
    with atomic_writes(files, overwrite=overwrite) as (md, tex, csv):
        md.write_text(markdown(table), encoding="utf-8")
        tex.write_text(latex(table), encoding="utf-8")
        plain_cells(table.frame()).write_csv(csv)
    return files


def _number(value: float | None, digits: int, *, signed: bool = False) -> str:
    """Return a number as papers print it: ``66.40``, ``.768``, and ``+.012`` for a difference; empty for None."""
    if value is None:
        return ""
    how = short_decimal if digits == 3 else decimal
    return how(value, digits, "+" if signed else "").replace("-", "−")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
