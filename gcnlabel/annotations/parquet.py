"""Read Parquet files with polars, which aborts the process on some damaged ones."""

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
    """Return a lazy frame of a Parquet file, after a child process has decoded it successfully.

    For a page whose header declares a negative number of values, polars allocates 2^61 bytes and aborts the process.

    Raises:
        InputError: The child process was aborted.
        PolarsError, PanicException, OSError: The file cannot be read.
    """
    try_in_child(path, DECODE)
    lazy = pl.scan_parquet(path, glob=False)
    lazy.collect_schema()
    return lazy
