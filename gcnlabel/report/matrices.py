"""Heat maps as SVG: a picture of one pixel a cell, names, and what the pointer or the arrow keys read out as data."""

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
"""Labels up to which a matrix shows its numbers, its names, and is drawn at all."""
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
    """Return a heat map, read out by pointer and arrow keys; positive values are red where some are negative.

    Args:
        title: Above it.
        values: [R, C]; NaN is an empty cell.
        rows: Names [R].
        columns: Names [C].
        words: What rows and columns are.
        limit: Value of the full colour; None for the largest (of an off-diagonal cell if the diagonal is grey).
        grey_diagonal: Whether the diagonal, of another meaning, has no colour.
        counts: Whole numbers that cells show instead of the values that colour them, [R, C].
        no_zeros: Whether a zero is an empty cell.
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
    """Return the values that have a colour, NaN elsewhere, and the value of the full colour."""
    coloured = np.array(values, dtype=float)
    if grey_diagonal:
        np.fill_diagonal(coloured, np.nan)
    return coloured, limit or (float(np.nanmax(np.abs(coloured), initial=0)) or 1.0)


def _sizes(rows: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """Return sizes in pixels: of a cell, of the margin of names, and of what sloping names need on the right."""
    size = max(len(rows), len(columns))
    cell = 46 if size <= MAX_WRITTEN else max(5, min(18, 720 // size))
    named = size <= MAX_NAMED
    margin = round(min(190, 8 + 6.4 * max(map(len, (*rows, *columns)))) if named else 4)
    return {"cell": cell, "margin": margin, "named": named, "slope": round(0.7 * margin) if named and cell >= 40 else 0}


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
