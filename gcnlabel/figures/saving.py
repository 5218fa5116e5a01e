"""Figures as files, whole or not at all, the same bytes for the same figure."""

from __future__ import annotations

from collections.abc import Sequence
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


def save_figure(
    figure: Figure, path: str | Path, formats: Sequence[str] = ("pdf",), *, table: pl.DataFrame, overwrite: bool = False
) -> list[Path]:
    """Write a figure in each format, and the numbers behind it as CSV, and return the files.

    Args:
        figure: The figure.
        path: Where to, without a suffix.
        formats: ``pdf``, ``svg``, ``png``.
        table: The numbers behind the figure.
        overwrite: Whether files that are there may be replaced.

    Raises:
        InputError: A format is unknown, or a file exists or cannot be written.
    """
    unknown = [name for name in formats if name not in METADATA]
    if unknown:
        raise InputError(f"unknown format {unknown[0]!r}", expected=" | ".join(METADATA))
    files = []
    for name in formats:
        target = Path(f"{path}.{name}")
        with atomic_write(target, overwrite=overwrite) as temporary:
            figure.savefig(temporary, format=name, metadata=METADATA[name])
        files.append(target)
    with atomic_write(f"{path}.csv", overwrite=overwrite) as temporary:
        table.write_csv(temporary)
    return [*files, Path(f"{path}.csv")]
