"""Convert SMILES to graphs of molecules, with PyTorch Geometric's features of atoms and bonds."""

from __future__ import annotations

from collections.abc import Sequence

from gcnlabel.data.graph_lists import graphs_from_list
from gcnlabel.data.graphs import Graphs
from gcnlabel.errors import InputError, shorten
from gcnlabel.optional import optional


def graphs_from_smiles(smiles: Sequence[str | None], where: str = "SMILES", first_row: int = 0) -> Graphs:
    """Return a graph of each molecule, by :func:`torch_geometric.utils.from_smiles`.

    Nodes are the atoms except hydrogen, with one-hot features (D = 177): atomic number, chirality, degree, charge,
    hydrogens, radical electrons, hybridization, aromatic, in a ring. Edges are the bonds in both directions, with
    one-hot features (A = 30): type, stereo, conjugated.

    Args:
        smiles: One SMILES per molecule.
        where: Name of their origin in messages.
        first_row: Number of the first row in messages.

    Raises:
        InputError: rdkit is not installed, or cells are empty or invalid SMILES; the message gives their rows.
    """
    optional("rdkit", "molecules", "a column of SMILES")
    from torch_geometric.utils.smiles import e_map, from_smiles, x_map

    found, bad = [], {}
    for row, text in enumerate(smiles, start=first_row):
        try:
            graph = from_smiles(text or "")
        except ValueError as error:  # an atom outside the categories, as one with eleven bonds
            bad[row] = f"{text!r}: {error}"
            continue
        if graph.num_nodes == 0:  # returned by from_smiles for a text that rdkit cannot parse
            bad[row] = repr(text or "")
        found.append(graph)
    if bad:
        raise InputError(
            f"{len(bad)} of {len(smiles)} cells are not valid SMILES: {shorten(bad.values(), 3)}",
            where=f"{where}, rows {shorten(bad)}",
            fix="correct them, or remove these rows",
        )
    return graphs_from_list(found, [len(of) for of in x_map.values()], [len(of) for of in e_map.values()])
