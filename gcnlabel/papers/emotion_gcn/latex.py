r"""A table of results in LaTeX, for the packages booktabs and siunitx, that fits a column or a page of two columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gcnlabel.decimals import decimal
from gcnlabel.papers.emotion_gcn.best import Place, best_places
from gcnlabel.papers.emotion_gcn.cells import Cell
from gcnlabel.papers.emotion_gcn.result_table import REPORTED, SOURCE, Column, ResultTable

SIGNS = {
    "±": r"$\pm$",
    "−": "$-$",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
COLUMN = 238.0
"""Width of a column of a two-column page, 3.3 inches, in points; wider tables span both columns."""
CHARACTER, GAP = 4.3, 6.0
"""Width of a character in \\footnotesize, and of the space between two table columns, in points."""
MAX_HEAD = 12
"""Characters of a heading above which it is split at a space into two lines."""
NEEDS = r"% \usepackage{booktabs,siunitx}"
SETTINGS = (
    r"\sisetup{separate-uncertainty=true,retain-explicit-plus=true,detect-weight=true,table-align-uncertainty=false}"
)


@dataclass
class TexColumn:
    """A column of a ``tabular``.

    Attributes:
        kind: Its column type, with options.
        head: Its heading, as LaTeX.
        cells: Its cells, as LaTeX.
        width: Number of characters of the widest cell or heading line.
    """

    kind: str
    head: str
    cells: list[str]
    width: int = field(default=0)


def latex(table: ResultTable) -> str:
    r"""Return the table as LaTeX: a ``table`` if it fits one column, else a ``table*``; the best numbers are bold."""
    parts = _parts(table)
    wide = sum(CHARACTER * part.width + GAP for part in parts) > COLUMN
    name = "table*" if wide else "table"
    rows = [" & ".join(part.cells[i] for part in parts) + r" \\" for i in range(len(table.rows))]
    return "\n".join(
        [
            NEEDS,
            rf"\begin{{{name}}}",
            r"\centering",
            r"\footnotesize",
            r"\setlength{\tabcolsep}{3pt}",
            SETTINGS,
            rf"\caption{{{escaped(table.caption)}}}",
            rf"\begin{{tabular}}{{{''.join(part.kind for part in parts)}}}",
            r"\toprule",
            " & ".join(part.head for part in parts) + r" \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\end{{{name}}}",
            "",
        ]
    )


def _parts(table: ResultTable) -> list[TexColumn]:
    best, parts = best_places(table), [_text(table.corner, table.rows)]
    for k, column in enumerate(table.columns):
        bold = [{Place(i, k, reported) for reported in (False, True)} & best for i in range(len(table.rows))]
        measured = [any(not place.reported for place in places) for places in bold]
        parts += _measured(column, measured)
        if column.reported is not None:
            cells = [None if value is None else Cell(value) for value in column.reported]
            head = rf"\emph{{{REPORTED}}}"
            parts.append(_numbers(head, len(REPORTED), cells, column, [any(p.reported for p in of) for of in bold]))
    return parts if table.sources is None else [*parts, _text(SOURCE, table.sources)]


def _text(head: str, cells: Sequence[str]) -> TexColumn:
    return TexColumn("l", escaped(head), [escaped(cell) for cell in cells], max(map(len, [head, *cells])))


def _measured(column: Column, bold: Sequence[bool]) -> list[TexColumn]:
    """Return a column of numbers and, if they have confidence intervals, a column of these."""
    lines = _lines(column.title)
    head = r"\shortstack{" + r"\\".join(map(escaped, lines)) + "}" if len(lines) > 1 else escaped(column.title)
    part = _numbers(head, max(map(len, lines)), column.cells, column, bold)
    ends = [None if cell is None else cell.interval for cell in column.cells]
    if not any(ends):
        return [part]
    texts = ["" if of is None else f"[{', '.join(_number(end, column) for end in of)}]" for of in ends]
    intervals = TexColumn("l", "{95\\% interval}", [f"${text}$" if text else "" for text in texts])
    intervals.width = max(len("95% interval"), *map(len, texts))
    return [part, intervals]


def _numbers(head: str, width: int, cells: Sequence[Cell | None], column: Column, bold: Sequence[bool]) -> TexColumn:
    """Return an ``S`` column of siunitx, aligned at the decimal point, with standard deviations as uncertainties."""
    texts = ["" if cell is None else _number(cell.mean, column) for cell in cells]
    before = max((len(text.partition(".")[0].lstrip("+-")) for text in texts if text), default=1)
    sign = "+" if any(text[:1] in ("+", "-") for text in texts) else ""
    spread = [_uncertainty(cell, column.digits) for cell in cells]
    widest = max(len(text) for text in spread)
    form = f"{sign}{before}.{column.digits}" + (f"({widest})" if widest else "")
    written = [
        (r"\bfseries " if thick else "") + text + (f"({sd})" if sd else "")
        for text, sd, thick in zip(texts, spread, bold, strict=True)
    ]
    room = max(map(len, texts)) + (widest + 4 if widest else 0)
    return TexColumn(f"S[table-format={form}]", f"{{{head}}}", written, max(room, width))


def _number(value: float, column: Column) -> str:
    return decimal(value, column.digits, "+" if column.signed else "")


def _uncertainty(cell: Cell | None, digits: int) -> str:
    """Return a standard deviation in units of the last digit, as siunitx expects; empty if there is none."""
    return "" if cell is None or cell.sd is None else str(round(cell.sd * 10**digits))


def _lines(title: str) -> list[str]:
    """Return a heading as one line, or as two if it is longer than ``MAX_HEAD``."""
    spaces = [i for i, sign in enumerate(title) if sign == " "]
    if len(title) <= MAX_HEAD or not spaces:
        return [title]
    cut = min(spaces, key=lambda i: abs(i - len(title) / 2))
    return [title[:cut], title[cut + 1 :]]


def escaped(text: str) -> str:
    r"""Return a text with LaTeX's special characters escaped.

    Example:
        >>> print(escaped(r"50% of a_b \ {c} $ ~ ^ ± −"))
        50\% of a\_b \textbackslash{} \{c\} \$ \textasciitilde{} \textasciicircum{} $\pm$ $-$
    """
    return "".join(SIGNS.get(sign, f"\\{sign}" if sign in "&%_#{}$" else sign) for sign in text)
