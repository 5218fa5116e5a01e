"""A table of results as Markdown, LaTeX and CSV; what was measured and what was reported never share a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gcnlabel.files import atomic_writes, plain_cells
from gcnlabel.papers.emotion_gcn.cells import Cell

REPORTED = "reported"
LATEX = {
    "±": r"$\pm$",
    "−": "$-$",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Column:
    """A measured column and, beside it, what the paper reports.

    Attributes:
        title: Heading.
        cells: What was measured, a row each; None where nothing was.
        reported: What the paper reports, a row each; None for no such column.
        digits: Digits that are printed.
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
    """

    caption: str
    corner: str
    rows: Sequence[str]
    columns: Sequence[Column]

    def texts(self) -> list[list[str]]:
        """Return headings and cells as text, a list a row; ``reported`` heads what the paper says."""
        head, body = [self.corner], [[row] for row in self.rows]
        for column in self.columns:
            head += [column.title, *([REPORTED] if column.reported is not None else [])]
            for i, line in enumerate(body):
                line.append(cell_text(column.cells[i], column.digits, signed=column.signed))
                if column.reported is not None:
                    line.append(_number(column.reported[i], column.digits))
        return [head, *body]

    def frame(self) -> pl.DataFrame:
        """Return the numbers: mean, sd or interval, and the reported value, a column each."""
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
        return pl.DataFrame(data, strict=False)


def cell_text(cell: Cell | None, digits: int, *, signed: bool = False) -> str:
    """Return a measured number as text.

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
    """Return the table as Markdown, reported headings in italics, the caption below."""
    head, *body = table.texts()
    head = [f"*{text}*" if text == REPORTED else text for text in head]
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, body)]
    return "\n".join([*lines, "", table.caption, ""])


def latex(table: ResultTable) -> str:
    """Return the table as a LaTeX ``table`` of the package booktabs."""
    head, *body = table.texts()
    head = [rf"\emph{{{text}}}" if text == REPORTED else _escaped(text) for text in head]
    rows = [" & ".join(map(_escaped, line)) + r" \\" for line in body]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_escaped(table.caption)}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            *(r"\toprule", " & ".join(head) + r" \\", r"\midrule", *rows, r"\bottomrule"),
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def write_table(table: ResultTable, path: str | Path, *, overwrite: bool = False) -> list[Path]:
    """Write ``path.md``, ``path.tex`` and ``path.csv``, all or none, and return them.

    Raises:
        InputError: One exists and ``overwrite`` is false.
    """
    files = [Path(f"{path}.{suffix}") for suffix in ("md", "tex", "csv")]
    with atomic_writes(files, overwrite=overwrite) as (md, tex, csv):
        md.write_text(markdown(table), encoding="utf-8")
        tex.write_text(latex(table), encoding="utf-8")
        plain_cells(table.frame()).write_csv(csv)
    return files


def _number(value: float | None, digits: int, *, signed: bool = False) -> str:
    """Return digits as papers print them: ``66.40``, ``.768``, and ``+.012`` for a difference."""
    if value is None:
        return ""
    text = f"{value:{'+' if signed else ''}.{digits}f}".replace("-", "−")
    return text.replace("0.", ".", 1) if digits == 3 and abs(value) < 1 else text


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _escaped(text: str) -> str:
    r"""Return a text as LaTeX prints it.

    Example:
        >>> print(_escaped(r"50% of a_b \ {c} $ ~ ^ ± −"))
        50\% of a\_b \textbackslash{} \{c\} \$ \textasciitilde{} \textasciicircum{} $\pm$ $-$
    """
    return "".join(LATEX.get(sign, f"\\{sign}" if sign in "&%_#{}$" else sign) for sign in text)
