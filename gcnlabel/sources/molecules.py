"""Tables and lists of SMILES -> graphs."""

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
"""How files end that hold a SMILES a line, and behind it whatever else."""
MOLECULE_FILES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", ".pq", *LISTS)


def read_molecules(path: str | Path, column: str, layout: Layout) -> Graphs:
    """Return the molecules of a table, in the order of its rows, or of a list of SMILES.

    Args:
        path: A table, or a file with a SMILES a line (:data:`LISTS`).
        column: Column of the table.
        layout: How the table is written.

    Raises:
        InputError: The file cannot be read, has no such column, or cells are no SMILES: their rows are named.
    """
    if Path(path).suffix.lower() in LISTS:
        lines = existing_file(path, "SMILES").read_text(encoding="utf-8", errors="replace").splitlines()
        if not lines:
            raise InputError(f"{path} is empty", expected="a SMILES a line")
        return graphs_from_smiles([next(iter(line.split()), "") for line in lines], str(path), 1)
    cells, file = read_cells(path, layout)
    texts = cells.column(column, "data.smiles names the column").cast(pl.String).to_list()
    return graphs_from_smiles(texts, f"{file.path}, column {column!r}", file.first_row)
