"""What every transform promises, whatever it computes."""

import copy
import json
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from label_graphs import graph_of, signed_matrices, two_tasks
from torch_geometric.data import Data

import gcnlabel.transforms
from gcnlabel.errors import InputError, IsolatedLabelWarning
from gcnlabel.graph import LabelGraph
from gcnlabel.tasks import TaskSet
from gcnlabel.transforms import (
    Absolute,
    AbsoluteThreshold,
    Binarize,
    ColumnReweight,
    Compose,
    LabelTransform,
    Normalize,
    Reweight,
    Sign,
    TaskPairs,
    Threshold,
    TopK,
    Transpose,
)

EVERY = [
    Absolute(),
    AbsoluteThreshold(0.3),
    Binarize(),
    ColumnReweight(0.25),
    Normalize("row"),
    Normalize("column"),
    Normalize("sym"),
    Reweight(0.7),
    Sign(),
    TaskPairs(keep=[("expression", "affect")]),
    TaskPairs(drop=[("expression", "affect")]),
    Threshold(0.3),
    TopK(2),
    Transpose(),
]
MATRIX = [[0.5, -0.6, 0.2, 0], [0.4, 0, 0, 0], [-0.1, 0.3, 0, 0], [0, 0, 0, 0]]  # d is isolated, a hears itself

pytestmark = pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")
every_transform = pytest.mark.parametrize("transform", EVERY, ids=repr)


def test_every_transform_is_held_to_the_contract():
    exported = [getattr(gcnlabel.transforms, name) for name in gcnlabel.transforms.__all__]
    classes = {c for c in exported if isinstance(c, type) and issubclass(c, LabelTransform)} - {LabelTransform}
    assert classes == {type(transform) for transform in EVERY}


@every_transform
def test_input_stays_as_it_was(transform):
    graph = graph_of(MATRIX, two_tasks(4))
    graph.history = {"source": "test", "transforms": [{"name": "Earlier"}]}
    before = copy.deepcopy(graph)
    output = transform(graph)
    output.history["transforms"].append("later")
    assert graph.keys() == before.keys()
    for key in before.keys():  # noqa: SIM118 (Data is no mapping)
        same = torch.equal(graph[key], before[key]) if torch.is_tensor(graph[key]) else graph[key] == before[key]
        assert same, key


@every_transform
def test_output_is_a_label_graph_with_its_history(transform):
    graph = graph_of(MATRIX, two_tasks(4))
    output = transform(graph)
    assert type(output) is LabelGraph
    assert (output.labels, output.num_nodes) == (graph.labels, 4)
    assert torch.equal(output.statistic, graph.statistic)
    assert torch.equal(output.x, graph.x)
    assert output.history == {"source": "test", "transforms": [transform.describe()]}
    assert json.loads(json.dumps(output.history)) == output.history
    assert output.history["transforms"][0]["name"] == type(transform).__name__


@every_transform
def test_repr_makes_an_equal_transform(transform):
    again = eval(repr(transform), vars(gcnlabel.transforms))
    assert type(again) is type(transform)
    assert again.describe() == transform.describe()


def test_history_holds_the_steps_in_order():
    graph = Compose([Threshold(0.1), Binarize(), Reweight(0.5)])(graph_of(MATRIX))
    assert graph.history["transforms"] == [
        {"name": "Threshold", "tau": 0.1},
        {"name": "Binarize"},
        {"name": "Reweight", "p": 0.5},
    ]


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), torch.tensor(0.5)], ids=type)
def test_numbers_of_any_kind_are_recorded_as_plain_ones(number):
    for transform in (Threshold(number), Reweight(number)):
        assert json.loads(json.dumps(transform.describe())) == transform.describe()
    assert json.dumps(TopK(np.int64(3)).describe()) == '{"name": "TopK", "k": 3}'


@every_transform
@settings(max_examples=15, deadline=None)
@given(matrix=signed_matrices(), random=st.randoms(use_true_random=False))
def test_permuting_labels_permutes_the_result(transform, matrix, random):
    tasks = two_tasks(len(matrix))
    shuffled = TaskSet([type(t)(t.name, tuple(random.sample(t.labels, len(t)))) for t in reversed(list(tasks))])
    order = [tasks.index(label) for label in shuffled.labels]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IsolatedLabelWarning)
        output = transform(graph_of(matrix, tasks)).adjacency()
        permuted = transform(graph_of(matrix[np.ix_(order, order)], shuffled)).adjacency()
    torch.testing.assert_close(permuted, output[order][:, order], rtol=1e-14, atol=1e-14)


@every_transform
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_type_stays_and_everything_is_finite(transform, dtype):
    output = transform(graph_of(MATRIX, two_tasks(4), dtype=dtype))
    assert output.edge_weight.dtype == dtype
    assert output.edge_index.dtype == torch.int64
    assert torch.isfinite(output.edge_weight).all()
    assert output.edge_index.shape == (2, output.edge_weight.numel())


@every_transform
def test_edges_of_weight_zero_and_next_to_zero_stay_finite(transform):
    graph = graph_of(MATRIX, two_tasks(4), dtype=torch.float32)
    for weight in (0.0, 1e-42):  # 1e-42: 1 / w overflows
        graph.edge_weight = torch.where(graph.edge_index[1] == 0, weight, graph.edge_weight)
        assert torch.isfinite(transform(graph).edge_weight).all()


@every_transform
def test_graph_without_edges(transform):
    graph = graph_of(np.zeros((3, 3)), two_tasks(3))
    if isinstance(transform, Reweight | ColumnReweight):
        with pytest.raises(InputError, match=r"no label has a neighbour: all 3 are isolated\n(.|\n)*lower tau"):
            transform(graph)
    else:
        assert transform(graph).num_edges == 0


@every_transform
def test_graph_of_pyg(transform):
    ours = graph_of(MATRIX, two_tasks(4))
    plain = Data(edge_index=ours.edge_index, edge_weight=ours.edge_weight, num_nodes=4)
    if isinstance(transform, TaskPairs):
        with pytest.raises(InputError, match="TaskPairs: the graph has no tasks"):
            transform(plain)
        return
    output = transform(plain)
    assert type(output) is Data
    assert torch.equal(output.edge_index, transform(ours).edge_index)
    assert torch.equal(output.edge_weight, transform(ours).edge_weight)
    assert "history" not in plain


@every_transform
def test_weights_under_another_name_are_refused(transform):
    plain = Data(edge_index=torch.tensor([[0], [1]]), edge_attr=torch.ones(1), num_nodes=2)
    with pytest.raises(InputError, match=f"{type(transform).__name__}: the graph has no edge_weight"):
        transform(plain)
