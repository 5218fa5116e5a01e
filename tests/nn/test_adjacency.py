import copy
import subprocess
import sys

import numpy as np
import pytest
import torch
from label_heads import asymmetric, edges

from gcnlabel.nn import Adjacency, sparse_adjacency


def test_rows_are_receivers():
    matrix = asymmetric(6)
    adjacency = Adjacency(*edges(matrix), 6)
    assert adjacency().layout == torch.sparse_csr
    assert adjacency().to_dense().tolist() == matrix.tolist()
    assert sparse_adjacency(*edges(matrix), 6).to_dense().tolist() == matrix.tolist()


def test_edges_come_back():
    matrix = asymmetric(6)
    adjacency = Adjacency(*edges(matrix), 6)
    dense = np.zeros((6, 6))
    for j, i, weight in zip(*adjacency.edge_index.tolist(), adjacency.edge_weight.tolist(), strict=True):
        dense[i, j] = weight
    assert dense.tolist() == matrix.tolist()
    assert adjacency.edge_index.dtype == torch.int64


def test_weights_of_the_same_edge_are_added():
    adjacency = Adjacency(torch.tensor([[1, 1, 0], [0, 0, 1]]), torch.tensor([0.25, 0.5, 1.0]), 2)
    assert adjacency().to_dense().tolist() == [[0, 0.75], [1, 0]]
    assert adjacency.edge_weight.tolist() == [0.75, 1]


def test_no_edge_at_all():
    adjacency = Adjacency(torch.empty(2, 0, dtype=torch.int64), torch.empty(0), 3)
    assert adjacency().to_dense().tolist() == torch.zeros(3, 3).tolist()
    assert adjacency.edge_index.shape == (2, 0)
    assert (adjacency() @ torch.ones(3, 2)).tolist() == torch.zeros(3, 2).tolist()


def test_an_edge_to_no_label_is_refused():
    with pytest.raises(RuntimeError, match="size"):
        Adjacency(torch.tensor([[0], [2]]), torch.ones(1), 2)


def test_buffers_are_dense_and_travel_with_the_module():
    matrix = asymmetric(6)
    adjacency = Adjacency(*edges(matrix), 6)
    assert {name: tensor.layout for name, tensor in adjacency.state_dict().items()} == dict.fromkeys(
        ("first", "source", "value"), torch.strided
    )
    assert copy.deepcopy(adjacency)().to_dense().tolist() == matrix.tolist()
    assert adjacency.float()().dtype == torch.float32
    assert adjacency.first.dtype == adjacency.source.dtype == torch.int32
    other = Adjacency(*edges(-matrix), 6)
    other.load_state_dict(adjacency.state_dict())
    torch.testing.assert_close(other().to_dense(), torch.as_tensor(matrix), atol=1e-6, rtol=0)


def test_it_says_nothing_about_beta_states():
    program = """
import warnings
import torch, torch_geometric.nn, torchvision
warnings.simplefilter("error", UserWarning)
from gcnlabel.nn import Adjacency
x = torch.eye(3, requires_grad=True)
(Adjacency(torch.tensor([[1], [0]]), torch.ones(1), 3)() @ x).sum().backward()
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "beta" not in result.stderr
