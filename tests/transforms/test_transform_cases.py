"""Cases worked by hand, borders, and what is refused."""

import numpy as np
import pytest
import torch
from label_graphs import graph_of, two_tasks
from torch_geometric.data import Data

from gcnlabel.errors import InputError, IsolatedLabelWarning
from gcnlabel.transforms import (
    AbsoluteThreshold,
    ColumnReweight,
    Compose,
    Normalize,
    Reweight,
    Sign,
    TaskPairs,
    Threshold,
    TopK,
)

TAUS = (0.05, 0.1, 0.15, 0.3, 0.4, 0.7, 1.0)


@pytest.mark.parametrize("tau", TAUS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_weight_equal_to_tau_is_kept_and_the_next_one_below_is_not(tau, kind):
    at = kind(tau)
    below = np.nextafter(at, kind(0))
    dtype = torch.float32 if kind is np.float32 else torch.float64
    graph = graph_of([[0, at], [below, 0]], dtype=dtype)
    assert Threshold(tau)(graph).edge_index.tolist() == [[1], [0]]
    assert AbsoluteThreshold(tau)(graph_of([[0, -at], [-below, 0]], dtype=dtype)).edge_weight.tolist() == [-at]


def test_threshold_leaves_negative_weights_out_and_self_loops_in():
    graph = graph_of([[-0.2, -0.9, 0.5], [0, 0.01, 0], [0.2, 0, 0]])
    assert Threshold(0)(graph).adjacency().tolist() == [[-0.2, 0, 0.5], [0, 0.01, 0], [0.2, 0, 0]]
    assert Threshold(0.5)(graph).adjacency().tolist() == [[-0.2, 0, 0.5], [0, 0.01, 0], [0, 0, 0]]


def test_top_k_takes_the_earlier_of_equals_whatever_the_order_of_the_edges():
    graph = graph_of([[0, 0.5, -0.5, 0.5], [0.1, 0, -0.9, 0.2], [0, 0, 0, 0], [0, 0, 0.4, 0]])
    expected = [[0, 0.5, -0.5, 0], [0, 0, -0.9, 0.2], [0, 0, 0, 0], [0, 0, 0.4, 0]]
    assert TopK(2)(graph).adjacency().tolist() == expected
    order = torch.tensor([5, 2, 4, 0, 6, 1, 3])
    graph.edge_index, graph.edge_weight = graph.edge_index[:, order], graph.edge_weight[order]
    assert TopK(2)(graph).adjacency().tolist() == expected
    assert TopK(99)(graph).adjacency().tolist() == graph.adjacency().tolist()


def test_labels_of_each_task_listen_as_much_as_it_says():
    graph = graph_of([[0, -3, 1], [0, 0, 1], [2, 2, 0]], two_tasks(3))
    found = Reweight({"affect": 0.6, "expression": 0.2})(graph)
    np.testing.assert_allclose(found.adjacency(), [[0.8, -0.15, 0.05], [0, 0.8, 0.2], [0.3, 0.3, 0.4]], atol=1e-12)
    again = Reweight(0.6)(graph), Reweight({"affect": 0.6, "expression": 0.6})(graph)
    assert torch.equal(again[0].adjacency(), again[1].adjacency())
    assert found.history["transforms"][-1]["p"] == {"affect": 0.6, "expression": 0.2}


@pytest.mark.parametrize("p", [{"affect": 0.6}, {"affect": 0.6, "expression": 0.2, "tags": 0.2}, {}])
def test_weights_of_other_tasks_than_the_graphs_are_refused(p):
    with pytest.raises(InputError, match="p of each task: expression, affect"):
        Reweight(p)(graph_of([[0, 1, 1], [1, 0, 1], [1, 1, 0]], two_tasks(3)))
    with pytest.raises(InputError, match="p of affect = 1.5"):
        Reweight({"affect": 1.5})
    with pytest.raises(InputError, match=r"expected: a number in \[0, 1\]"):
        ColumnReweight(p)


def test_reweight_of_weights_of_both_signs_that_cancel():
    signed = Compose([AbsoluteThreshold(0.1), Sign(), Reweight(0.5)])
    graph = signed(graph_of([[0, 0.6, -0.3, 0.01], [-0.6, 0, 0, 0], [-0.3, 0, 0, 0], [0.1, 0, 0, 0]]))
    assert graph.adjacency().tolist() == [
        [0.5, 0.25, -0.25, 0],
        [-0.5, 0.5, 0, 0],
        [-0.5, 0, 0.5, 0],
        [0.5, 0, 0, 0.5],
    ]


def test_reweight_keeps_the_size_of_weights_that_were_not_binarised():
    assert Reweight(0.4)(graph_of([[9.0, 0.6, -0.2], [1, 0, 0], [0, 2, 0]])).adjacency().tolist() == pytest.approx(
        np.array([[0.6, 0.3, -0.1], [0.4, 0.6, 0], [0, 0.4, 0.6]])
    )


def test_an_isolated_label_keeps_itself_and_is_named():
    graph = graph_of([[0, 1, 0], [1, 0, 0], [0, 0, 0.2]])
    with pytest.warns(IsolatedLabelWarning, match=r"1 isolated label\(s\) keep only their self-loop: c") as caught:
        assert Reweight(0.7)(graph).adjacency()[2].tolist() == [0, 0, 1]
    assert caught[0].filename == __file__


def test_an_isolated_label_of_a_plain_graph_is_numbered():
    ours = graph_of([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    graph = Data(edge_index=ours.edge_index, edge_weight=ours.edge_weight, num_nodes=3)
    with pytest.warns(IsolatedLabelWarning, match="self-loop: 2"):
        Reweight(0.7)(graph)


@pytest.mark.parametrize("transform", [Reweight(0.7), ColumnReweight(0.25)], ids=repr)
def test_self_loops_and_weights_of_zero_make_no_neighbours(transform):
    loops = graph_of([[0.5, 0], [0, 0.5]])
    zeros = graph_of([[0, 0.5], [0.5, 0]])
    zeros.edge_weight = torch.zeros(2)
    for graph in (loops, zeros):
        with pytest.raises(InputError, match="all 2 are isolated"):
            transform(graph)


def test_task_pairs_within_a_task_and_none_at_all():
    graph = graph_of(np.ones((3, 3)), two_tasks(3))
    assert TaskPairs(keep=[("expression", "expression")])(graph).adjacency().tolist() == [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 1],
    ]
    assert TaskPairs(keep=[])(graph).adjacency().tolist() == np.eye(3).tolist()
    assert TaskPairs(drop=[])(graph).adjacency().tolist() == np.ones((3, 3)).tolist()


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "half", None])
@pytest.mark.parametrize(
    ("name", "make"),
    [("tau", Threshold), ("tau", AbsoluteThreshold), ("p", Reweight), ("p", ColumnReweight)],
)
def test_tau_and_p_lie_between_0_and_1(name, make, value):
    with pytest.raises(InputError, match=rf"{name} = {value}\n  expected: a number in \[0, 1\]"):
        make(value)


@pytest.mark.parametrize("k", [0, -1, 1.5, float("nan"), True, "2"])
def test_k_is_a_number_of_neighbours(k):
    with pytest.raises(InputError, match=rf"k = {k}\n  expected: a whole number of neighbours, at least 1"):
        TopK(k)


def test_unknown_mode():
    with pytest.raises(
        InputError, match=r"unknown mode 'rows'\n  expected: row \| column \| sym\n.*did you mean 'row'"
    ):
        Normalize("rows")


def test_unknown_task():
    with pytest.raises(InputError, match=r"unknown task 'afect'\n  expected: expression, affect\n.*'affect'"):
        TaskPairs(keep=[("expression", "afect")])(graph_of(np.ones((3, 3)), two_tasks(3)))


@pytest.mark.parametrize("pairs", [("expression", "affect"), [("expression",)], [("a", "b", "c")], [(1, 2)]])
def test_task_pairs_are_pairs_of_names(pairs):
    with pytest.raises(InputError, match="is no pair"):
        TaskPairs(keep=pairs)


@pytest.mark.parametrize("given", [{}, {"keep": [], "drop": []}])
def test_task_pairs_takes_one_list(given):
    with pytest.raises(InputError, match="either keep or drop"):
        TaskPairs(**given)
