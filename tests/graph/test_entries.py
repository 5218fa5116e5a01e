"""Graphs of many labels, whose raw matrix is sparse, against the same graphs with a dense one."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph, graph_from_edges, graph_from_entries
from gcnlabel.graph.raw_matrix import as_dense, entries_at, picked
from gcnlabel.inspection import inspect_labels, inspect_warnings, swept_statistic
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", ["cat", "dog", "cow"]), Dimensional("size", ["length"])])
EDGES = [("cat", "dog", 0.5), ("dog", "cat", -0.25), ("cow", "length", 1.0), ("cow", "cow", 2.0), ("dog", "cow", 0.0)]


def few_are_dense(monkeypatch, most):
    monkeypatch.setattr("gcnlabel.graph.entries.MAX_DENSE", most)
    monkeypatch.setattr("gcnlabel.graph.measuring.MAX_DENSE", most)


@pytest.fixture
def both(monkeypatch):
    dense = graph_from_edges(EDGES, tasks=TASKS)
    few_are_dense(monkeypatch, 3)
    sparse = graph_from_edges(EDGES, tasks=TASKS)
    assert sparse.statistic.is_sparse
    assert not dense.statistic.is_sparse
    return sparse, dense


def equal(sparse, dense):
    assert torch.equal(as_dense(sparse.statistic), dense.statistic)
    assert torch.equal(sparse.adjacency(), dense.adjacency())
    assert sparse.edge_weight.dtype == dense.edge_weight.dtype
    assert (sparse.tasks, sparse.history) == (dense.tasks, dense.history)
    assert torch.equal(sparse.task, dense.task)


def test_the_same_graph(both):
    equal(*both)
    assert inspect_labels(both[0]) == inspect_labels(both[1])
    assert inspect_warnings(both[0]) == inspect_warnings(both[1])
    np.testing.assert_array_equal(swept_statistic(both[0]), swept_statistic(both[1]))


@pytest.mark.filterwarnings("ignore:1 isolated")
def test_the_same_file_order_and_transforms(both, tmp_path):
    turned = TaskSet([TASKS["size"], MultiLabel("tags", ["dog", "cow", "cat"])])
    moved = []
    for name, graph in zip(("sparse", "dense"), both, strict=True):
        graph.save(tmp_path / name)
        moved.append(LabelGraph.load(tmp_path / name).reorder(turned))
    equal(*moved)
    made = [GraphRecipe(convention="signed", tau=0.1, embeddings="one-hot").finish(graph) for graph in moved]
    equal(*made)
    assert torch.equal(made[0].x, made[1].x)


def test_damaged_sparse_files(both, tmp_path):
    path = tmp_path / "g.safetensors"
    both[0].save(path)
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    whole = {name: tensor.clone() for name, tensor in load_file(path).items()}  # not mapped: the file is replaced
    for change, message in (
        ({"statistic_index": whole["statistic_index"] + 3}, "statistic_index must hold integers from 0 to 3"),
        ({"statistic_values": whole["statistic_values"][:1].clone()}, "statistic_index has the shape"),
        ({"statistic_values": whole["statistic_values"] * float("inf")}, "finite numbers"),
        ({"statistic_values": None}, "holds no statistic_values"),
    ):
        tensors = {name: tensor for name, tensor in {**whole, **change}.items() if tensor is not None}
        save_file(tensors, path, metadata=metadata)
        with pytest.raises(InputError, match=message):
            LabelGraph.load(path)


def test_a_graph_without_a_statistic(tmp_path):
    graph = LabelGraph(
        edge_index=torch.tensor([[0, 1], [1, 0]]),
        edge_weight=torch.tensor([0.5, 1.0]),
        tasks=TASKS,
    )
    graph.save(tmp_path / "g.safetensors")
    loaded = LabelGraph.load(tmp_path / "g.safetensors")
    assert torch.equal(loaded.adjacency(), graph.adjacency())
    assert loaded.statistic is None
    assert inspect_labels(loaded)[0].in_neighbours == (("dog", 1.0),)
    assert torch.equal(loaded.reorder(TASKS).adjacency(), graph.adjacency())
    with pytest.raises(InputError, match="has no raw statistic"):
        swept_statistic(loaded)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("name", ["conditional", "cooccurrence", "phi", "spearman"])
@pytest.mark.filterwarnings("ignore")
def test_measured_entries_are_those_of_the_whole_matrix(monkeypatch, name, missing):
    rng = np.random.default_rng(0)
    tasks = TaskSet([TASKS["tags"], Categorical("mood", ["sad", "glad", "calm"]), TASKS["size"]])
    tags = (rng.random((40, 3)) < 0.3).astype(float)
    if missing:
        tags[::4, 1] = np.nan
    targets = {"tags": tags, "mood": rng.integers(-1 if missing else 0, 3, 40), "size": rng.random((40, 1))}
    annotations = Annotations(tasks, targets)
    dense = GraphRecipe(statistic=name).measure(annotations, tasks)
    few_are_dense(monkeypatch, 3)
    equal(GraphRecipe(statistic=name).measure(annotations, tasks), dense)


def test_a_measure_of_sparse_tags_takes_no_more_than_the_pairs_that_occur(monkeypatch):
    from scipy import sparse

    rng = np.random.default_rng(0)
    tags = sparse.csr_matrix((rng.random((60, 9)) < 0.1).astype(np.float32))
    tasks = TaskSet([MultiLabel("tags", [f"tag {i}" for i in range(9)])])
    dense = GraphRecipe(convention="emotion-gcn-paper").measure(Annotations(tasks, {"tags": tags}), tasks)
    few_are_dense(monkeypatch, 3)
    found = GraphRecipe(convention="emotion-gcn-paper").measure(Annotations(tasks, {"tags": tags}), tasks)
    equal(found, dense)
    assert found.statistic._nnz() == int((dense.statistic != 0).sum())


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.randoms(use_true_random=False))
def test_entries_and_order_of_sparse_matrices(size, random):
    matrix = torch.tensor([[random.choice([0.0, 0.0, 1.5, -2.0]) for _ in range(size)] for _ in range(size)])
    order = torch.tensor(random.sample(range(size), size))
    assert torch.equal(as_dense(picked(matrix.to_sparse(), order)), matrix[order][:, order])
    rows, columns = torch.randint(size, (2, 9))
    assert torch.equal(entries_at(matrix.to_sparse(), rows, columns), matrix[rows, columns])


def test_entries_that_are_not_finite_are_named(monkeypatch):
    few_are_dense(monkeypatch, 3)
    place = np.array([0]), np.array([2])
    with pytest.raises(InputError, match="the matrix holds nan\n  where: row 'cat', column 'cow'"):
        graph_from_entries(*place, np.array([np.nan]), TASKS)
