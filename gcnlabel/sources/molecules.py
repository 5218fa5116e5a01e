"""Read tables and lists of SMILES as graphs."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gcnlabel.annotations import Layout
from gcnlabel.data.graphs import Graphs
from gcnlabel.data.molecules import graphs_from_smiles
from gcnlabel.errors import InputError
from gcnlabel.files import existing_file
from gcnlabel.sources.columns import read_cells

LISTS = (".smi", ".smiles")
"""Suffixes of files with one SMILES per line, optionally followed by other text."""
MOLECULE_FILES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq", *LISTS)


def read_molecules(path: str | Path, column: str, layout: Layout) -> Graphs:
    """Return the molecules of a table or a list of SMILES as graphs, in the order of the rows.

    Args:
        path: A table, or a file with one SMILES per line (:data:`LISTS`).
        column: Column of the table with the SMILES.
        layout: Layout of the table.

    Raises:
        InputError: The file cannot be read, has no such column, or has invalid SMILES; the message gives their rows.
    """
    if Path(path).suffix.lower() in LISTS:
        lines = existing_file(path, "SMILES").read_text(encoding="utf-8", errors="replace").splitlines()
        if not lines:
            raise InputError(f"{path} is empty", expected="one SMILES per line")
        return graphs_from_smiles([next(iter(line.split()), "") for line in lines], str(path), 1)
    cells, file = read_cells(path, layout)
    texts = cells.column(column, "data.smiles names the column").cast(pl.String).to_list()
    return graphs_from_smiles(texts, f"{file.path}, column {column!r}", file.first_row)
