"""SMILES become the graphs of PyTorch Geometric; what is none is named by its row."""

import sys

import pytest
import torch
from molecules import SMILES
from torch_geometric.utils import from_smiles

from gcnlabel.data import graphs_from_smiles
from gcnlabel.errors import InputError


def test_molecules_have_the_atoms_and_bonds_of_pytorch_geometric():
    graphs = graphs_from_smiles(SMILES)
    assert graphs.shape == (len(SMILES), 177, 30)
    for row, text in enumerate(SMILES):
        ours, theirs = graphs[row], from_smiles(text)
        assert torch.equal(ours.edge_index, theirs.edge_index)
        assert ours.x[:, :119].argmax(1).tolist() == theirs.x[:, 0].tolist()  # atomic numbers come first
        assert ours.edge_attr[:, :22].argmax(1).tolist() == theirs.edge_attr[:, 0].tolist()
        assert (ours.x.sum(1) == 9).all()
    assert graphs[0].num_nodes == 1
    assert graphs[0].num_edges == 0


def test_what_is_no_smiles_is_named_by_its_row():
    with pytest.raises(InputError, match=r"3 of 4 cells(.|\n)*C1CC(.|\n)*here, rows 3, 4, 5"):
        graphs_from_smiles(["CC", "C1CC", "", None], "here", 2)


def test_without_rdkit_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(InputError, match=r"pip install 'gcnlabel\[molecules\]'"):
        graphs_from_smiles(["C"])
