"""Charts of a page: SVG made here, with what the pointer or the arrow keys read out beside it as data.

Hand-made, as lines and matrices are all that a report needs: 9 kB of style and script, where a page of Altair's with
its runtime inline has 899 kB (measured, altair 6), and no extra to install.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator
from PIL import Image

from gcnlabel.report.page import as_json, render

Floats = npt.NDArray[np.floating[Any]]
MAX_WRITTEN, MAX_NAMED, MAX_DRAWN = 14, 60, 150
"""Labels up to which a matrix shows its numbers, its names, and is drawn at all."""
RED, BLUE, SCALE = (214, 62, 66), (58, 132, 210), (45, 135, 210)
SERIES = 8


def line_chart(
    title: str,
    x: Sequence[float],
    lines: Mapping[str, Sequence[float | None]],
    *,
    axes: tuple[str, str],
    size: tuple[int, int] = (380, 230),
    dashed: Sequence[str] = (),
    limits: tuple[float, float] | None = None,
    marks: Mapping[str, float] | None = None,
    entries: Mapping[str, tuple[str, int]] | None = None,
) -> Markup:
    """Return lines over one x, read out by pointer and arrow keys.

    Args:
        title: Above the chart.
        x: [K], ascending.
        lines: Name -> values [K]; None and NaN are gaps.
        axes: Names of x and y.
        size: Width and height in CSS pixels.
        dashed: Names of lines that are dashed.
        limits: Of y; None for those of the values.
        marks: Name -> x of a ring on a line.
        entries: Name -> entry of the legend, which several lines may share, and number of a colour; None for one each.
    """
    known = [v for line in lines.values() for v in line if v is not None and math.isfinite(v)]
    low, high = limits or ((min(known), max(known)) if known else (0.0, 1.0))
    high = high if high > low else low + 1
    plot = _Plot(*size, (x[0], x[-1] if x[-1] > x[0] else x[0] + 1), (low, high))
    entries = {name: (name, k) for k, name in enumerate(lines)} if entries is None else entries
    drawn = []
    for name, values in lines.items():
        ring = (marks or {}).get(name)
        drawn.append(
            {
                "name": entries[name][0],
                "colour": f"var(--c{entries[name][1] % SERIES})",
                "dash": name in dashed,
                "points": plot.path(x, values),
                "ring": None if ring is None else plot.point(ring, values[list(x).index(ring)]),
            }
        )
    data = {
        "axis": axes[0],
        "x": list(map(_short, x)),
        "lines": {n: [_short(v) for v in line] for n, line in lines.items()},
    }
    legend = {(line["name"], line["dash"]): line for line in drawn}.values()
    return render("lines.svg", title=title, axes=axes, plot=plot, drawn=drawn, legend=legend, data=as_json(data))


class _Plot:
    """Where values stand in a chart, in pixels."""

    left, right, top, bottom = 44, 8, 8, 34

    def __init__(self, width: int, height: int, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.width, self.height, self.x, self.y = width, height, x, y
        self.x_ticks = [(self.point(v, y[0])[0], f"{v:g}") for v in _ticks(*x, 6, whole=x[1] > 1)]
        self.y_ticks = [(self.point(x[0], v)[1], f"{v:.4g}") for v in _ticks(*y, 5)]

    def point(self, x: float, y: float | None) -> tuple[float, float]:
        """Return a point in pixels."""
        inner_width, inner_height = self.width - self.left - self.right, self.height - self.top - self.bottom
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = ((self.y[0] if y is None else y) - self.y[0]) / (self.y[1] - self.y[0])
        return round(self.left + across * inner_width, 1), round(self.top + (1 - up) * inner_height, 1)

    def path(self, x: Sequence[float], values: Sequence[float | None]) -> str:
        """Return the path of a line with gaps; a point alone is a dot."""
        parts, open_ = [], False
        for at, value in zip(x, values, strict=True):
            if value is None or not math.isfinite(value):
                open_ = False
                continue
            px, py = self.point(at, value)
            parts.append(f"{'L' if open_ else 'M'}{px:g} {py:g}" + ("" if open_ else "h0"))
            open_ = True
        return "".join(parts)


def _ticks(low: float, high: float, count: int, *, whole: bool = False) -> list[float]:
    found = MaxNLocator(count, integer=whole, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [0.0 if abs(v) < 1e-12 else float(v) for v in found if low - 1e-9 <= v <= high + 1e-9]


def matrix(
    title: str,
    values: Floats,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    words: tuple[str, str] = ("row", "column"),
    limit: float | None = None,
    digits: int = 2,
    grey_diagonal: bool = False,
    counts: Floats | None = None,
    no_zeros: bool = False,
) -> Markup:
    """Return a heat map, read out by pointer and arrow keys; positive values are red where some are negative.

    Args:
        title: Above it.
        values: [R, C]; NaN is an empty cell.
        rows: Names [R].
        columns: Names [C].
        words: What rows and columns are.
        limit: Value of the full colour; None for the largest (of an off-diagonal cell if the diagonal is grey).
        digits: Behind the point.
        grey_diagonal: Whether the diagonal, of another meaning, has no colour.
        counts: What cells show instead of the values that colour them, [R, C].
        no_zeros: Whether a zero is an empty cell.
    """
    if max(values.shape) > MAX_DRAWN:
        return render("note.html", text=f"{title}: not drawn for more than {MAX_DRAWN} labels.")
    coloured = np.array(values, dtype=float)
    if grey_diagonal:
        np.fill_diagonal(coloured, np.nan)
    top = limit or (float(np.nanmax(np.abs(coloured), initial=0)) or 1)
    size = max(values.shape)
    cell = 46 if size <= MAX_WRITTEN else max(5, min(18, 720 // size))
    shown = values if counts is None else counts
    texts = [["" if no_zeros and v == 0 else _text(v, digits) for v in row] for row in shown.tolist()]
    joined = " ".join(text or "-" for row in texts for text in row)
    named = size <= MAX_NAMED
    margin = min(190, 8 + 6.4 * max(map(len, (*rows, *columns)))) if named else 4
    return render(
        "matrix.svg",
        title=title, rows=rows, columns=columns, cell=cell, margin=round(margin), named=named, words=words,
        slope=round(0.7 * margin) if named and cell >= 40 else 0,
        picture=_picture(coloured / top, strength=0.62 if size <= MAX_WRITTEN else 0.95),
        texts=texts if size <= MAX_WRITTEN else None,
        data=as_json({"words": words, "rows": rows, "columns": columns, "values": joined}),
        scale=f"full colour at {top:g}" if digits == 0 else f"full colour at {top:.{digits}f}",
    )  # fmt: skip


def _picture(shares: Floats, strength: float) -> str:
    """Return -1..1 as a PNG of one pixel a cell, whose opacity is the size: it suits light and dark paper."""
    pixels = np.zeros((*shares.shape, 4), dtype=np.uint8)
    signed = bool((shares < 0).any())
    pixels[..., :3] = np.where((shares < 0)[..., None], BLUE, RED if signed else SCALE)
    pixels[..., 3] = (np.nan_to_num(np.abs(shares)).clip(0, 1) * 255 * strength).round()
    return png(Image.fromarray(pixels, "RGBA"))


def png(picture: Image.Image, kind: str = "PNG", **options: Any) -> str:
    """Return a picture as a ``data:`` address."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, optimize=True, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _text(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return ""
    text = f"{value:.{digits}f}"
    text = text.removeprefix("-") if float(text) == 0 else text
    return text.replace("0.", ".", 1) if abs(value) < 1 and digits else text


def _short(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.4g}")
