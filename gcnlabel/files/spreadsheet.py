"""Protection of CSV files against text that a spreadsheet would evaluate as a formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would evaluate a cell as a formula; numbers are not formulas.

    Example:
        >>> [is_formula(text) for text in ("=1+1", "@SUM(A1)", "-cold", "-0.5", "joy")]
        [True, True, True, False, False]
    """
    if not text.startswith(FORMULA):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return text[0] in "\t\r"


def plain_text(text: str) -> str:
    """Return a cell as text that is not evaluated: with a leading apostrophe if it is a formula.

    Example:
        >>> plain_text("=HYPERLINK(1)"), plain_text("joy")
        ("'=HYPERLINK(1)", 'joy')
    """
    return f"'{text}" if is_formula(text) else text


def plain_cells(frame: pl.DataFrame, *, but: Iterable[str] = ()) -> pl.DataFrame:
    """Return a table whose column names and texts are not evaluated as formulas.

    Args:
        frame: The table.
        but: Columns whose cells are not changed, e.g. ids.
    """
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String and name not in but]
    plain = frame.with_columns(
        pl.Series(name, [None if text is None else plain_text(text) for text in frame[name]], dtype=pl.String)
        for name in texts
    )
    return plain.rename({name: plain_text(name) for name in plain.columns if is_formula(name)})
