"""Figures as files, whole or not at all, the same bytes for the same figure."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import polars as pl
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write

METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": "gcnlabel", "Producer": None},
    "svg": {"Date": None, "Creator": "gcnlabel"},
    "png": {"Software": "gcnlabel"},
}


def check_formats(formats: Sequence[str]) -> None:
    """Check that figures can be written so.

    Raises:
        InputError: A format is unknown.
    """
    unknown = [name for name in formats if name not in METADATA]
    if unknown:
        raise InputError(f"unknown format {unknown[0]!r}", expected=" | ".join(METADATA))


def save_figure(
    figure: Figure, path: str | Path, formats: Sequence[str] = ("pdf",), *, table: pl.DataFrame, overwrite: bool = False
) -> list[Path]:
    """Write a figure in each format, and the numbers behind it as CSV, all or none, and return the files.

    Args:
        figure: The figure.
        path: Where to, without a suffix.
        formats: ``pdf``, ``svg``, ``png``.
        table: The numbers behind the figure.
        overwrite: Whether files that are there may be replaced.

    Raises:
        InputError: A format is unknown, or a file exists or cannot be written.
    """
    check_formats(formats)
    files = [Path(f"{path}.{name}") for name in (*formats, "csv")]
    with ExitStack() as together:  # all are moved in place when the last is written
        for name, file in zip(formats, files, strict=False):
            temporary = together.enter_context(atomic_write(file, overwrite=overwrite))
            figure.savefig(temporary, format=name, metadata=METADATA[name])
        table.write_csv(together.enter_context(atomic_write(files[-1], overwrite=overwrite)))
    return files
