"""Each transform against its formula, written again over dense matrices, entry by entry."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from label_graphs import graph_of, signed_matrices, two_tasks

from gcnlabel.errors import IsolatedLabelWarning
from gcnlabel.transforms import (
    Absolute,
    AbsoluteThreshold,
    Binarize,
    ColumnReweight,
    Normalize,
    Reweight,
    Sign,
    TaskPairs,
    Threshold,
    TopK,
    Transpose,
)


def entrywise(function):
    """A formula that gives entry i, j of the result from the whole matrix."""

    def formula(a):
        size = len(a)
        return np.array([[function(a, i, j) if a[i, j] else 0.0 for j in range(size)] for i in range(size)])

    return formula


def row(a, i):
    return sum(abs(v) for v in a[i])


def column(a, j):
    return sum(abs(v) for v in a[:, j])


def rank(a, i, j):
    """How many neighbours of i are stronger than j, or as strong and earlier."""
    others = [k for k in range(len(a)) if k not in (i, j) and a[i, k]]
    return sum(abs(a[i, k]) > abs(a[i, j]) or (abs(a[i, k]) == abs(a[i, j]) and k < j) for k in others)


def reweighted(p):
    def formula(a):
        size = len(a)
        result = np.zeros_like(a)
        for i in range(size):
            neighbours = [j for j in range(size) if j != i and a[i, j] != 0]
            result[i, i] = 1 - p if neighbours else 1
            for j in neighbours:
                result[i, j] = p * a[i, j] / sum(abs(a[i, k]) for k in neighbours)
        return result

    return formula


def column_reweighted(p):
    def formula(a):
        a = a - np.diag(np.diag(a))
        return p * a / (np.abs(a).sum(0, keepdims=True) + 1e-6) + np.eye(len(a))

    return formula


def sym(a, i, j):
    return a[i, j] / math.sqrt(row(a, i) * row(a, j)) if row(a, i) and row(a, j) else 0


def crosses(a, i, j):
    return (i == len(a) - 1) != (j == len(a) - 1)  # the last label is the dimension


FORMULAS = [
    (Absolute(), abs),
    (Threshold(0.3), entrywise(lambda a, i, j: a[i, j] if i == j or a[i, j] >= 0.3 else 0)),
    (AbsoluteThreshold(0.3), entrywise(lambda a, i, j: a[i, j] if i == j or abs(a[i, j]) >= 0.3 else 0)),
    (Binarize(), entrywise(lambda a, i, j: 1)),
    (Sign(), entrywise(lambda a, i, j: 1 if a[i, j] > 0 else -1)),
    (TopK(1), entrywise(lambda a, i, j: a[i, j] if i == j or rank(a, i, j) < 1 else 0)),
    (TopK(3), entrywise(lambda a, i, j: a[i, j] if i == j or rank(a, i, j) < 3 else 0)),
    (Reweight(0.7), reweighted(0.7)),
    (Reweight(0), reweighted(0)),
    (Reweight(1), reweighted(1)),
    (ColumnReweight(0.25), column_reweighted(0.25)),
    (Normalize("row"), entrywise(lambda a, i, j: a[i, j] / row(a, i))),
    (Normalize("column"), entrywise(lambda a, i, j: a[i, j] / column(a, j))),
    (Normalize("sym"), entrywise(sym)),
    (Transpose(), np.transpose),
    (TaskPairs(keep=[("affect", "expression")]), entrywise(lambda a, i, j: a[i, j] * (i == j or crosses(a, i, j)))),
    (TaskPairs(drop=[("affect", "expression")]), entrywise(lambda a, i, j: a[i, j] * (not crosses(a, i, j)))),
]


def applied(transform, matrix):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolatedLabelWarning)
        return transform(graph_of(matrix, two_tasks(len(matrix)))).adjacency().numpy()


@pytest.mark.parametrize(("transform", "formula"), FORMULAS, ids=[repr(t) for t, _ in FORMULAS])
@settings(max_examples=25, deadline=None)
@given(matrix=signed_matrices())
def test_transform_equals_its_formula(transform, formula, matrix):
    np.testing.assert_allclose(applied(transform, matrix), formula(matrix), rtol=1e-14, atol=1e-15)


@settings(max_examples=25, deadline=None)
@given(matrix=signed_matrices())
def test_absolute_row_sums_are_one(matrix):
    np.testing.assert_allclose(abs(applied(Reweight(0.7), matrix)).sum(1), 1, rtol=1e-14)
    rows = abs(applied(Normalize("row"), matrix)).sum(1)
    np.testing.assert_allclose(rows, abs(matrix).any(1), rtol=1e-14)
    columns = abs(applied(Normalize("column"), matrix)).sum(0)
    np.testing.assert_allclose(columns, abs(matrix).any(0), rtol=1e-14)


@settings(max_examples=25, deadline=None)
@given(matrix=signed_matrices())
def test_sym_of_a_symmetric_matrix_never_amplifies(matrix):
    scaled = applied(Normalize("sym"), matrix + matrix.T)
    np.testing.assert_allclose(scaled, scaled.T, atol=1e-15)
    assert abs(np.linalg.eigvalsh(scaled)).max() <= 1 + 1e-12
