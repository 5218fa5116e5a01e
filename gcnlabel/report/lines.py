"""Line charts as SVG, with the data for reading out values by pointer or arrow keys.

Own code, because a report needs only lines and matrices: 9 kB of style and script, instead of 899 kB for a page with
Altair's inlined runtime (altair 6), and no optional library.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from gcnlabel.report.page import as_json, render

SERIES = 8
"""Number of line colours, ``--c0`` to ``--c7`` in the page's style."""


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
    """Return a line chart whose values can be read out by pointer and arrow keys.

    Args:
        title: Title of the chart.
        x: Ascending x values [K].
        lines: Name -> y values [K]; None and NaN are gaps.
        axes: Labels of the x and y axes.
        size: Width and height in CSS pixels.
        dashed: Names of dashed lines.
        limits: Limits of y; None for those of the values.
        marks: Name -> x of a ring on that line.
        entries: Name -> (legend entry, colour index); lines may share an entry. None for one entry per line.
    """
    known = [v for line in lines.values() for v in line if v is not None and math.isfinite(v)]
    low, high = limits or ((min(known), max(known)) if known else (0.0, 1.0))
    high = high if high > low else low + 1
    plot = _Plot(*size, (x[0], x[-1] if x[-1] > x[0] else x[0] + 1), (low, high))
    entries = {name: (name, k) for k, name in enumerate(lines)} if entries is None else entries
    drawn = [plot.line(x, values, (marks or {}).get(name), *entries[name]) for name, values in lines.items()]
    for line, name in zip(drawn, lines, strict=True):
        line["dash"] = name in dashed
    shorts = {name: list(map(_short, values)) for name, values in lines.items()}
    data = as_json({"axis": axes[0], "x": list(map(_short, x)), "lines": shorts})
    legend = {(line["name"], line["dash"]): line for line in drawn}.values()
    return render("lines.svg", title=title, axes=axes, plot=plot, drawn=drawn, legend=legend, data=data)


class _Plot:
    """Mapping from values to pixels of a chart."""

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

    def line(
        self, x: Sequence[float], values: Sequence[float | None], ring: float | None, entry: str, colour: int
    ) -> dict[str, Any]:
        """Return legend entry, colour, path and ring position (or None) of a line."""
        at = None if ring is None else self.point(ring, values[list(x).index(ring)])
        return {"name": entry, "colour": f"var(--c{colour % SERIES})", "points": self.path(x, values), "ring": at}

    def path(self, x: Sequence[float], values: Sequence[float | None]) -> str:
        """Return the SVG path of a line with gaps; a single point is a dot."""
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


def _short(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.4g}")
