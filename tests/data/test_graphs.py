"""Graphs as inputs are batched as PyTorch Geometric batches them, and wrong ones are refused by number."""

import numpy as np
import pytest
import torch
from molecules import made_graphs
from torch_geometric.data import Batch, Data
from torch_geometric.utils import degree

from gcnlabel.data import ArrayDataset, Graphs, graphs_from_list
from gcnlabel.data.graph_scaling import StandardizeGraphs
from gcnlabel.errors import InputError

FIELDS = ("x", "edge_index", "edge_attr", "batch", "ptr")


@pytest.mark.parametrize(
    "rows", [[3, 0, 7], [0], [4], slice(2, 9), np.array([False] * 11 + [True]), [5, 5], slice(0, 0)]
)
def test_batches_are_those_of_pytorch_geometric(rows):
    listed = made_graphs()
    batch = graphs_from_list(listed)[rows]
    picked = [listed[i] for i in np.arange(len(listed))[rows]]
    assert batch.num_graphs == len(picked)
    if picked:
        wanted = Batch.from_data_list(picked)
        assert all(torch.equal(batch[name], wanted[name]) for name in FIELDS)
        for ours, theirs in zip(batch.to_data_list(), picked, strict=True):
            assert all(torch.equal(ours[name], theirs[name]) for name in FIELDS[:3])


def test_a_selection_is_batched_and_kept_alone():
    listed = made_graphs()
    some = graphs_from_list(listed).select([8, 1, 4]).select([2, 0])
    wanted = graphs_from_list([listed[4], listed[8]])
    assert some.shape == wanted.shape == (2, 4, 2)
    assert all(np.array_equal(value, wanted.arrays()[name]) for name, value in some.arrays().items())


def test_codes_of_categories_become_one_hot():
    graph = Data(x=torch.tensor([[0, 2], [1, 0]]), edge_index=torch.tensor([[0], [1]]), edge_attr=torch.tensor([1]))
    batch = graphs_from_list([graph], node_categories=[2, 3], edge_categories=[4])[:]
    assert batch.x.tolist() == [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0]]
    assert batch.edge_attr.tolist() == [[0, 1, 0, 0]]


def test_degrees_are_those_of_the_selected_graphs_alone():
    listed = made_graphs(seed=3)
    graphs = graphs_from_list(listed).select([1, 2, 5])
    degrees = torch.cat([degree(listed[i].edge_index[1], listed[i].num_nodes) for i in (1, 2, 5)])
    assert graphs.mean_degrees() == pytest.approx((degrees.mean().item(), (degrees + 1).log().mean().item()))
    assert graphs_from_list(listed).select([0]).mean_degrees() == (1.0, 1.0)  # no edge


def test_numbers_are_standardised_and_categories_are_not():
    graphs = graphs_from_list(made_graphs())
    scaled = StandardizeGraphs.fit(graphs)(graphs[:])
    for values in (scaled.x, scaled.edge_attr):
        assert torch.allclose(values.mean(0), torch.zeros(values.shape[1]), atol=1e-5)
        assert torch.allclose(values.std(0, unbiased=False), torch.ones(values.shape[1]), atol=1e-5)
    plain = graphs[:]
    del plain.edge_attr
    assert torch.equal(StandardizeGraphs.fit(graphs)(plain).x, scaled.x)
    codes = graphs_from_list([Data(x=torch.tensor([[0], [1]]), edge_index=torch.empty(2, 0).long())], [2])
    assert torch.equal(StandardizeGraphs.fit(codes)(codes[:]).x, codes[:].x)


def test_a_dataset_gives_batches_of_graphs_with_targets():
    dataset = ArrayDataset(graphs_from_list(made_graphs()), {"tags": torch.arange(12)[:, None]})
    batch, targets = dataset.__getitems__([3, 1])
    assert batch.num_graphs == 2
    assert targets["tags"].tolist() == [[3], [1]]


def _changed(**values):
    graph = made_graphs(2)[1]
    for name, value in values.items():
        graph[name] = value
    return [made_graphs(1)[0], graph]


@pytest.mark.parametrize(
    ("graphs", "said"),
    [
        ([], "without graphs"),
        (_changed(x=None), "no x .*\n.*graph 1"),
        (_changed(edge_index=None), "no edge_index .*\n.*graph 1"),
        (_changed(x=torch.ones(2, 3)), "x has 3 columns\n.*graph 1"),
        (_changed(edge_attr=None), "edge_attr has 0 columns\n.*graph 1"),
        (_changed(edge_index=torch.tensor([[0, 1, 0], [0, 2, 0]])), "has an end outside its graph\n.*graph 1"),
        (_changed(edge_index=torch.tensor([[0, -1, 0], [0, 1, 0]])), "has an end outside its graph\n.*graph 1"),
        (_changed(x=torch.full((2, 4), torch.nan)), "nan.*\n.*graph 1"),
        (
            _changed(x=torch.empty(0, 4), edge_index=torch.empty(2, 0).long(), edge_attr=torch.empty(0, 2)),
            "without nod",
        ),
        (_changed(edge_attr=torch.ones(2, 2)), "sizes"),
    ],
)
def test_wrong_graphs_are_refused(graphs, said):
    with pytest.raises(InputError, match=said):
        graphs_from_list(graphs)


def test_a_code_beyond_its_categories_is_refused():
    graph = Data(x=torch.tensor([[0], [2]]), edge_index=torch.empty(2, 0).long())
    with pytest.raises(InputError, match=r"x has \[2\]\n.*graph 0"):
        graphs_from_list([graph], node_categories=[2])
    with pytest.raises(InputError, match="2 numbers of categories"):
        Graphs(np.ones((1, 1)), np.empty((2, 0)), np.empty((0, 0)), [1], [0], node_categories=[2, 2])
