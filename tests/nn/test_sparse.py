import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gcnlabel.nn import sparse
from gcnlabel.nn.sparse import Pattern, product


def csr(matrix):
    """Pattern and values of a dense matrix, put together by hand."""
    row, column = np.nonzero(matrix)
    first = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(matrix)))])
    as_int = [torch.tensor(part, dtype=torch.int32) for part in (first, column)]
    return Pattern.of(*as_int, matrix.shape[1]), torch.tensor(matrix[row, column])


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 5), st.integers(0, 10_000), st.floats(0, 1))
def test_product_and_gradients_are_those_of_the_dense_matrix(rows, columns, width, seed, density):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < density)
    pattern, value = csr(matrix)
    dense = torch.tensor(rng.normal(size=(columns, width)), requires_grad=True)
    value.requires_grad_()
    target = torch.tensor(rng.normal(size=(rows, width)))
    result = product(pattern, value, dense)
    np.testing.assert_allclose(result.detach().numpy(), matrix @ dense.detach().numpy(), atol=1e-12)
    to_value, to_dense = torch.autograd.grad((result * target).sum(), [value, dense])
    np.testing.assert_allclose(to_dense.numpy(), matrix.T @ target.numpy(), atol=1e-12)
    outer = target.numpy() @ dense.detach().numpy().T
    np.testing.assert_allclose(to_value.numpy(), outer[np.nonzero(matrix)], atol=1e-12)


def test_gradients_of_many_entries_come_in_parts(monkeypatch):
    monkeypatch.setattr(sparse, "EDGES_AT_ONCE", 3)
    test_product_and_gradients_are_those_of_the_dense_matrix.hypothesis.inner_test(6, 6, 4, 0, 0.9)


def test_gradcheck():
    pattern, value = csr(np.array([[0, 1.5, 0], [2, 0, -1]]))
    dense = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v, d: product(pattern, v, d), (value.requires_grad_(), dense))


@pytest.mark.parametrize("needs", [True, False])
def test_entries_without_gradient_keep_nothing_of_the_dense_matrix(needs):
    pattern, value = csr(np.eye(3))
    dense = torch.randn(3, 1000, dtype=torch.float64, requires_grad=True)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.shape) or t, lambda t: t):
        product(pattern, value.requires_grad_(needs), dense)
    assert (torch.Size([3, 1000]) in kept) is needs
