"""Write figures to files, atomically and reproducibly (equal figures give equal bytes)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from matplotlib.figure import Figure

from gcnlabel.errors import InputError
from gcnlabel.files import plain_cells, write_together

METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": "gcnlabel", "Producer": None},
    "svg": {"Date": None, "Creator": "gcnlabel"},
    "png": {"Software": "gcnlabel"},
}


def check_formats(formats: Sequence[str]) -> None:
    """Check the formats of figures.

    Raises:
        InputError: A format is unknown.
    """
    unknown = [name for name in formats if name not in METADATA]
    if unknown:
        raise InputError(f"unknown format {unknown[0]!r}", expected=" | ".join(METADATA))


def save_figure(
    figure: Figure, path: str | Path, formats: Sequence[str] = ("pdf",), *, table: pl.DataFrame, overwrite: bool = False
) -> list[Path]:
    """Write a figure in each format and its data as CSV, all or none, and return the files.

    Args:
        figure: The figure.
        path: Path without a suffix.
        formats: ``pdf``, ``svg``, ``png``.
        table: The data of the figure.
        overwrite: Whether to replace existing files.

    Raises:
        InputError: A format is unknown, or a file exists or cannot be written.
    """
    return write_together(rendered(figure, path, formats, table=table), overwrite=overwrite)


def rendered(
    figure: Figure, path: str | Path, formats: Sequence[str] = ("pdf",), *, table: pl.DataFrame
) -> dict[Path, bytes]:
    """Return the files that :func:`save_figure` writes, as path -> bytes.

    Raises:
        InputError: A format is unknown.
    """
    check_formats(formats)
    contents = {}
    for name in formats:
        content = io.BytesIO()  # written later by us: on a full disk, matplotlib would hide the cause
        figure.savefig(content, format=name, metadata=METADATA[name])
        contents[Path(f"{path}.{name}")] = content.getvalue()
    return {**contents, Path(f"{path}.csv"): plain_cells(table).write_csv().encode()}
