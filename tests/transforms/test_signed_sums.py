"""Whatever signs a matrix has: what Reweight and Normalize give is finite and never amplifies."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from label_graphs import graph_of

from gcnlabel.errors import InputError, IsolatedLabelWarning
from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.transforms import CONVENTIONS, AbsoluteThreshold, Normalize, Reweight, Sign

TYPES = (torch.float32, torch.float64)
TINY = float(np.finfo(np.float32).tiny)


@st.composite
def any_signed(draw):
    """Square matrices in [-1, 1], with zeros, subnormal weights, equal sizes of both signs and empty rows."""
    size = draw(st.integers(2, 6))
    plain = st.sampled_from([0.0, 0.5, -0.5, 1.0, -1.0, TINY, -TINY, 1e-45, -1e-45])
    number = st.one_of(plain, st.floats(-1, 1, width=32))
    return draw(arrays.arrays(np.float64, (size, size), elements=number))


def absolute_rows(transform, matrix, dtype):
    """Absolute row sums of the result, in double precision; None where the graph is refused for having no edge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolatedLabelWarning)
        try:
            dense = transform(graph_of(matrix, dtype=dtype)).adjacency()
        except InputError as error:
            if "no label has a neighbour" not in str(error):
                raise
            return None
    assert dense.dtype == dtype
    assert torch.isfinite(dense).all()
    return dense.double().abs().sum(1).numpy(), dense.double().numpy()


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize(
    "transform", [Reweight(0.0), Reweight(0.5), Reweight(1.0), Normalize("row")], ids=["0", "0.5", "1", "row"]
)
@settings(max_examples=60, deadline=None)
@given(matrix=any_signed())
def test_absolute_row_sums_are_at_most_one(transform, dtype, matrix):
    found = absolute_rows(transform, matrix, dtype)
    if found is not None:
        sums, dense = found
        assert (sums <= 1 + 1e-5).all()
        given_ = np.asarray(matrix, dtype=np.float32 if dtype == torch.float32 else np.float64)
        off = ~np.eye(len(matrix), dtype=bool) if isinstance(transform, Reweight) else np.ones_like(dense, dtype=bool)
        assert (dense * given_ >= 0)[off].all()  # no sign is turned


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@settings(max_examples=60, deadline=None)
@given(matrix=any_signed())
def test_columns_and_both_sides_do_not_amplify(dtype, matrix):
    _, dense = absolute_rows(Normalize("column"), matrix, dtype)
    assert (np.abs(dense).sum(0) <= 1 + 1e-5).all()
    even = np.where(np.abs(matrix) >= np.abs(matrix.T), matrix, matrix.T)  # symmetric sizes, any signs
    even = np.triu(even) + np.triu(even, 1).T
    _, dense = absolute_rows(Normalize("sym"), even, dtype)
    assert np.abs(np.linalg.eigvalsh(dense)).max() <= 1 + 1e-4


@pytest.mark.parametrize("name", ["signed", "signed-weighted"])
@settings(max_examples=60, deadline=None)
@given(matrix=any_signed(), p=st.floats(0, 1), tau=st.floats(0, 1))
def test_absolute_row_sums_of_signed_conventions_are_one(name, matrix, p, tau):
    steps = CONVENTIONS.make(name).transform(graph_of(matrix).tasks, p=p, tau=tau)
    found = absolute_rows(lambda graph: steps(LabelGraph.from_dense(matrix, graph.tasks)), matrix, torch.float32)
    if found is not None:
        np.testing.assert_allclose(found[0], 1, atol=1e-5)


def test_a_row_that_cancels_is_not_empty():
    graph = Reweight(0.6)(graph_of([[0, 0.25, -0.25], [0.25, 0, 0], [-0.25, 0, 0]]))
    np.testing.assert_allclose(graph.adjacency()[0], [0.4, 0.3, -0.3])
    graph = Normalize("row")(graph_of([[0, 0.25, -0.25], [0.25, 0, 0], [-0.25, 0, 0]]))
    np.testing.assert_allclose(graph.adjacency()[0], [0, 0.5, -0.5])


@pytest.mark.parametrize("step", [AbsoluteThreshold(0.1), Sign()])
def test_signs_of_every_kind_of_pair_are_kept(step):
    """Classes, tags and dimensions, each against each."""
    tasks = TaskSet(
        [Categorical("mood", ["a", "b"]), MultiLabel("tags", ["c", "d"]), Dimensional("affect", ["e", "f"])]
    )
    rng = np.random.default_rng(0)
    matrix = rng.choice([-1, 1], (6, 6)) * rng.uniform(0.2, 1, (6, 6))
    np.fill_diagonal(matrix, 0)
    found = step(LabelGraph.from_dense(matrix, tasks)).adjacency().numpy()
    np.testing.assert_array_equal(np.sign(found), np.sign(matrix))


def test_weights_next_to_zero_are_not_lost():
    graph = Reweight(0.5)(graph_of([[0, -1e-45], [1, 0]], dtype=torch.float32))
    assert graph.adjacency()[0].tolist() == [0.5, -0.5]
