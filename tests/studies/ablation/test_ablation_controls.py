import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gcnlabel.graph import LabelGraph
from gcnlabel.run.graph import with_adjacency
from gcnlabel.studies.ablation.controls import CONTROLS, random_graph, shuffled, uniform, unsigned
from gcnlabel.tasks import MultiLabel, TaskSet
from gcnlabel.transforms import AbsoluteThreshold, Reweight

ROW = torch.tensor([[0.5, -0.3, 0.2, 0.0], [0.1, 0.6, 0.0, -0.3], [0.4, 0.0, 0.6, 0.0], [0.0, 0.0, 0.0, 1.0]])


def draw(seed=0):
    return torch.Generator().manual_seed(seed)


def off_diagonal(matrix):
    return matrix[~torch.eye(len(matrix), dtype=torch.bool)].view(len(matrix), -1)


@st.composite
def adjacencies(pick):
    """Â of the signed, weighted convention: absolute rows of 1, some labels isolated."""
    size = pick(st.integers(1, 6))
    raw = pick(arrays(np.float64, (size, size), elements=st.floats(-1, 1)))
    tasks = TaskSet([MultiLabel("tags", [f"t{k}" for k in range(size)])])
    graph = LabelGraph.from_dense(raw * (1 - np.eye(size)), tasks)
    strong = off_diagonal(torch.from_numpy(raw)).abs() >= 0.2 if size > 1 else torch.tensor(False)
    return Reweight(0.4)(AbsoluteThreshold(0.2)(graph)).adjacency() if strong.any() else torch.eye(size)


@settings(max_examples=60, deadline=None)
@given(adjacencies(), st.integers(0, 5))
@pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")
def test_what_every_control_keeps(matrix, seed):
    before = matrix.clone()
    size = len(matrix)
    for name, control in CONTROLS.items():
        found = control(matrix, draw(seed))
        assert found.shape == matrix.shape
        assert torch.isfinite(found).all(), name
        assert torch.equal(matrix, before), f"{name} changed its input"
        assert torch.equal(found, control(matrix, draw(seed))), f"{name} is not of the seed alone"
        if name not in ("identity graph", "labels shuffled"):
            assert torch.equal(found.diagonal(), matrix.diagonal()), name
        if name != "transposed" and (name != "uniform graph" or size > 1):
            rows = found.abs().sum(1).sort().values
            torch.testing.assert_close(rows, matrix.abs().sum(1).sort().values)


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_labels_are_a_permutation_of_rows_and_columns_alike(seed):
    found = shuffled(ROW, draw(seed))
    (permutation,) = [p for p in map(list, _permutations(4)) if torch.equal(ROW[p][:, p], found)]
    order = torch.randperm(4, generator=draw(seed)).tolist()
    assert permutation == order
    assert {tuple(shuffled(ROW, draw(s)).flatten().tolist()) for s in range(20)} > {tuple(ROW.flatten().tolist())}


def _permutations(size):
    import itertools

    return itertools.permutations(range(size))


@pytest.mark.parametrize("seed", range(5))
def test_a_random_graph_keeps_the_weights_of_each_row(seed):
    found = random_graph(ROW, draw(seed))
    assert torch.equal(off_diagonal(found).sort(1).values, off_diagonal(ROW).sort(1).values)
    assert len({tuple(random_graph(ROW, draw(s)).flatten().tolist()) for s in range(8)}) > 4


def test_by_hand():
    generator = draw()
    assert torch.equal(CONTROLS["identity graph"](ROW, generator), torch.eye(4))
    assert torch.equal(CONTROLS["transposed"](ROW, generator), ROW.T)
    assert torch.equal(unsigned(ROW, generator), torch.from_numpy(np.abs(ROW.numpy())))
    third = 0.5 / 3
    torch.testing.assert_close(uniform(ROW, generator)[0], torch.tensor([0.5, third, third, third]))
    torch.testing.assert_close(uniform(ROW, generator)[3], ROW[3])  # nobody was heard, nobody is


def test_uniform_hears_as_much_as_before_whatever_the_rows_sum_to():
    doubled = 2 * ROW
    torch.testing.assert_close(uniform(doubled, draw()), 2 * uniform(ROW, draw()))


def test_with_adjacency_keeps_direction_and_the_rest_and_gives_every_graph_as_many_edges():
    tasks = TaskSet([MultiLabel("tags", ["a", "b", "c", "d"])])
    graph = LabelGraph.from_dense(ROW.numpy(), tasks, history={"source": "hand"}).with_embeddings(torch.eye(4))
    before = graph.adjacency()
    wrong = torch.arange(16.0).view(4, 4) * (torch.rand(4, 4, generator=draw()) < 0.5)
    found = with_adjacency(graph, wrong)
    assert torch.equal(found.adjacency(), wrong)
    assert found.edge_index.shape == (2, 16)
    edge = ((found.edge_index == torch.tensor([[2], [1]])).all(0)).nonzero().item()  # 1 listens to 2
    assert found.edge_weight[edge] == wrong[1, 2]
    assert torch.equal(found.statistic, graph.statistic)
    assert torch.equal(found.x, graph.x)
    assert found.labels == graph.labels
    assert torch.equal(graph.adjacency(), before)
