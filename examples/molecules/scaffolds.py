"""A table of molecules -> the same table with a column of Bemis-Murcko scaffolds, for a scaffold split.

python examples/molecules/scaffolds.py TABLE.csv WITH_SCAFFOLDS.csv

Molecules of one scaffold (rings and what links them) are alike. A random split puts some of them on both sides, and so
measures how well molecules are interpolated; ``data.group_column: scaffold`` keeps each scaffold on one side.
"""

from __future__ import annotations

import sys

import polars as pl
from rdkit import Chem, RDLogger
from rdkit.Chem.Scaffolds import MurckoScaffold

ACYCLIC = "acyclic"
"""The one group of molecules without a ring, which have no scaffold."""


def scaffold(smiles: str) -> str:
    """Return the scaffold of a molecule as SMILES, without chirality."""
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        sys.exit(f"no SMILES: {smiles!r}")
    return MurckoScaffold.MurckoScaffoldSmiles(mol=molecule, includeChirality=False) or ACYCLIC


def main(source: str, target: str) -> None:
    """Write the table with its scaffolds."""
    RDLogger.DisableLog("rdApp.*")
    table = pl.read_csv(source, infer_schema=False)
    table = table.with_columns(pl.Series("scaffold", [scaffold(text) for text in table["smiles"]]))
    table.write_csv(target)
    sizes = table["scaffold"].value_counts(sort=True)
    largest, count = sizes.row(0)
    print(f"{len(table)} molecules, {len(sizes)} scaffolds; the largest, {largest}, has {count}")


if __name__ == "__main__":
    main(*sys.argv[1:])
