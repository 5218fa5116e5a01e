"""Heat maps as SVG: an image of one pixel per cell, names, and the data for reading out values."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from markupsafe import Markup
from PIL import Image

from gcnlabel.report.page import as_json, render

Floats = npt.NDArray[np.floating[Any]]
MAX_WRITTEN, MAX_NAMED, MAX_DRAWN = 14, 60, 150
"""Largest numbers of labels for which a matrix shows its numbers, shows its names, and is drawn at all."""
RED, BLUE, SCALE = (214, 62, 66), (58, 132, 210), (45, 135, 210)


def matrix(
    title: str,
    values: Floats,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    words: tuple[str, str] = ("row", "column"),
    limit: float | None = None,
    grey_diagonal: bool = False,
    counts: Floats | None = None,
    no_zeros: bool = False,
) -> Markup:
    """Return a heat map whose values can be read out by pointer and arrow keys; with negative values, positive are red.

    Args:
        title: Title of the heat map.
        values: Matrix [R, C]; NaN is an empty cell.
        rows: Names of the rows [R].
        columns: Names of the columns [C].
        words: Names of the row and column axes.
        limit: Absolute value with the full colour; None for the largest one (off-diagonal if ``grey_diagonal``).
        grey_diagonal: Whether the diagonal has no colour.
        counts: Integers [R, C] shown in the cells instead of ``values``, which still set the colours; or None.
        no_zeros: Whether zeros are empty cells.
    """
    if max(values.shape) > MAX_DRAWN:
        return render("note.html", text=f"{title}: not drawn for more than {MAX_DRAWN} labels.")
    coloured, top = _coloured(values, limit, grey_diagonal)
    shown, digits = (values, 2) if counts is None else (counts, 0)
    texts = [["" if no_zeros and v == 0 else _text(v, digits) for v in row] for row in shown.tolist()]
    joined = " ".join(text or "-" for row in texts for text in row)
    written = max(values.shape) <= MAX_WRITTEN
    return render(
        "matrix.svg",
        title=title, rows=rows, columns=columns, words=words, **_sizes(rows, columns),
        picture=_picture(coloured / top, strength=0.62 if written else 0.95), texts=texts if written else None,
        data=as_json({"words": words, "rows": rows, "columns": columns, "values": joined}),
        scale=f"full colour at {top:.2f}",
    )  # fmt: skip


def _coloured(values: Floats, limit: float | None, grey_diagonal: bool) -> tuple[Floats, float]:
    """Return the values that set the colours, NaN for none, and the absolute value with the full colour."""
    coloured = np.array(values, dtype=float)
    if grey_diagonal:
        np.fill_diagonal(coloured, np.nan)
    return coloured, limit or (float(np.nanmax(np.abs(coloured), initial=0)) or 1.0)


def _sizes(rows: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """Return sizes in pixels (cell, margin for names, space for sloping names on the right) and whether names show."""
    size = max(len(rows), len(columns))
    cell = 46 if size <= MAX_WRITTEN else max(5, min(18, 720 // size))
    named = size <= MAX_NAMED
    margin = round(min(190, 8 + 6.4 * max(map(len, (*rows, *columns)))) if named else 4)
    return {"cell": cell, "margin": margin, "named": named, "slope": round(0.7 * margin) if named and cell >= 40 else 0}


def _picture(shares: Floats, strength: float) -> str:
    """Return values in [-1, 1] as a PNG of one pixel per cell, with opacity = absolute value for any background."""
    pixels = np.zeros((*shares.shape, 4), dtype=np.uint8)
    signed = bool((shares < 0).any())
    pixels[..., :3] = np.where((shares < 0)[..., None], BLUE, RED if signed else SCALE)
    pixels[..., 3] = (np.nan_to_num(np.abs(shares)).clip(0, 1) * 255 * strength).round()
    return png(Image.fromarray(pixels, "RGBA"))


def png(picture: Image.Image, kind: str = "PNG", **options: Any) -> str:
    """Return an image as a ``data:`` URL."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, optimize=True, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _text(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return ""
    text = f"{value:.{digits}f}"
    text = text.removeprefix("-") if float(text) == 0 else text
    return text.replace("0.", ".", 1) if abs(value) < 1 and digits else text
