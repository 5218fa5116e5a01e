"""Parquet files by polars, which aborts on some damaged ones."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gcnlabel.files import try_in_child

DECODE = """
import sys
import polars as pl
pl.scan_parquet(sys.argv[1], glob=False).select(pl.all().drop_nulls().len()).collect(engine="streaming")
"""


def scan_parquet(path: Path) -> pl.LazyFrame:
    """Return the columns of a Parquet file, which was decoded in a child before.

    On a page whose header declares fewer than no values, polars asks for 2^61 bytes and aborts: there is no exception.

    Raises:
        InputError: The child was aborted.
        PolarsError, PanicException, OSError: The file cannot be read.
    """
    try_in_child(path, DECODE)
    lazy = pl.scan_parquet(path, glob=False)
    lazy.collect_schema()
    return lazy
