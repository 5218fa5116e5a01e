import json

import networkx as nx
import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph, graph_from_networkx, to_networkx, write_graphml, write_json
from gcnlabel.tasks import Categorical, Dimensional, TaskSet

TASKS = TaskSet([Categorical("expression", ("sad", "happy")), Dimensional("affect", ("valence",))])
MATRIX = np.array([[0, 0, -0.5], [0, 0, 0.75], [0.25, 0, 0]])


@pytest.fixture
def graph():
    history = {"source": "test", "transforms": [{"name": "Absolute"}]}
    return LabelGraph.from_dense(MATRIX, TASKS, x=torch.arange(6.0).reshape(3, 2), history=history)


def test_an_entry_is_the_edge_from_the_label_that_is_listened_to(graph):
    edges = {(s, t): w for (s, t), w in zip(graph.edge_index.T.tolist(), graph.edge_weight.tolist(), strict=True)}
    assert edges == {(2, 0): -0.5, (2, 1): 0.75, (0, 2): 0.25}
    np.testing.assert_array_equal(graph.adjacency(), MATRIX)
    assert graph.validate()


def test_file_round_trip(graph, tmp_path):
    graph.save(tmp_path / "g.safetensors")
    loaded = LabelGraph.load(tmp_path / "g.safetensors")
    for name in ("x", "edge_index", "edge_weight", "statistic", "task"):
        assert torch.equal(getattr(loaded, name), getattr(graph, name))
    assert loaded.tasks == graph.tasks
    assert loaded.history == graph.history
    with pytest.raises(InputError, match="already exists"):
        graph.save(tmp_path / "g.safetensors")


def test_any_language_can_read_the_file(graph, tmp_path):
    graph.save(tmp_path / "g.safetensors")
    with safe_open(tmp_path / "g.safetensors", framework="np") as file:
        metadata = {key: json.loads(value) for key, value in file.metadata().items()}
        assert set(file.keys()) == {"x", "edge_index", "edge_weight", "statistic"}
    assert metadata["labels"] == ["sad", "happy", "valence"]
    assert metadata["tasks"]["affect"] == {"type": "dimensional", "dims": ["valence"]}
    assert metadata["history"]["transforms"] == [{"name": "Absolute"}]
    assert set(metadata["versions"]) == {"gcnlabel", "torch", "torch_geometric"}


def tampered(path, change_tensors=None, change_metadata=None):
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = dict(file.metadata())
    (change_tensors or (lambda t: None))(tensors)
    (change_metadata or (lambda m: None))(metadata)
    save_file(tensors, path, metadata=metadata)


@pytest.mark.parametrize(
    ("tensors", "metadata", "message"),
    [
        (lambda t: t.pop("edge_index"), None, "holds no edge_index"),
        (lambda t: t.update(edge_index=t["edge_index"] + 9), None, "integers from 0 to 2"),
        (lambda t: t.update(edge_index=t["edge_index"].float()), None, "integers from 0 to 2"),
        (lambda t: t["edge_weight"].fill_(float("nan")), None, "finite numbers"),
        (lambda t: t.update(x=t["x"][:2].clone()), None, "x has the shape"),
        (lambda t: t.update(statistic=t["statistic"][:2].clone()), None, "statistic has the shape"),
        (None, lambda m: m.pop("labels"), "metadata lack labels"),
        (None, lambda m: m.update(labels='["a"]'), "name different labels"),
        (None, lambda m: m.update(tasks="{"), "not JSON"),
        (None, lambda m: m.update(format='{"name": "gcnlabel.label_graph", "version": 9}'), "version 9"),
        (None, lambda m: m.update(format='"other"'), "its format is"),
    ],
)
def test_tampered_files(graph, tmp_path, tensors, metadata, message):
    graph.save(tmp_path / "g.safetensors")
    tampered(tmp_path / "g.safetensors", tensors, metadata)
    with pytest.raises(InputError, match=message):
        LabelGraph.load(tmp_path / "g.safetensors")


@pytest.mark.parametrize("keep", [5, 100, -1])
def test_truncated_files(graph, tmp_path, keep):
    path = tmp_path / "g.safetensors"
    graph.save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="cannot be read"):
        LabelGraph.load(path)


def test_reorder_by_name(graph):
    turned = TaskSet([Dimensional("affect", ("valence",)), Categorical("expression", ("happy", "sad"))])
    with pytest.raises(InputError, match="order their labels differently"):
        graph.check_matches(turned)
    moved = graph.reorder(turned)
    moved.check_matches(turned)
    order = [2, 1, 0]
    np.testing.assert_array_equal(moved.adjacency(), MATRIX[np.ix_(order, order)])
    np.testing.assert_array_equal(moved.statistic, MATRIX[np.ix_(order, order)])
    np.testing.assert_array_equal(moved.x, graph.x[order])
    assert moved.task.tolist() == [0, 1, 1]
    np.testing.assert_array_equal(graph.adjacency(), MATRIX)  # the input is unchanged


def test_graph_and_tasks_with_different_names(graph):
    other = TaskSet([Categorical("expression", ("sad", "glad")), Dimensional("affect", ("valence",))])
    with pytest.raises(InputError, match="only in the graph: happy; only in the tasks: glad"):
        graph.reorder(other)


def test_networkx_round_trip(graph):
    back = graph_from_networkx(to_networkx(graph), tasks=TASKS)
    np.testing.assert_array_equal(back.adjacency(), graph.adjacency())


def test_exports_hold_the_same_edges(graph, tmp_path):
    write_graphml(graph, tmp_path / "g.graphml")
    write_json(graph, tmp_path / "g.json")
    graphml = nx.read_graphml(tmp_path / "g.graphml")
    links = json.loads((tmp_path / "g.json").read_text())["edges"]
    expected = {("valence", "sad", -0.5), ("valence", "happy", 0.75), ("sad", "valence", 0.25)}
    assert set(graphml.edges(data="weight")) == expected
    assert {(e["source"], e["target"], e["weight"]) for e in links} == expected
    assert graphml.nodes["sad"]["task"] == "expression"


@pytest.mark.parametrize(
    ("matrix", "message"), [(np.zeros((2, 3)), r"shape \[2, 3\]"), ([[0, np.nan, 0]] * 3, "row 'sad', column 'happy'")]
)
def test_bad_matrices(matrix, message):
    with pytest.raises(InputError, match=message):
        LabelGraph.from_dense(matrix, TASKS)


@pytest.mark.filterwarnings("error")
def test_a_tensor_is_taken_as_an_array_is():
    matrix = torch.tensor([[0, 0.5], [0.25, 0]], requires_grad=True)
    graph = LabelGraph.from_dense(matrix, ["cat", "dog"])
    assert graph.adjacency().tolist() == graph.statistic.tolist() == matrix.tolist()


def test_bad_embeddings(graph):
    with pytest.raises(InputError, match="one row per label"):
        graph.with_embeddings(torch.zeros(2, 4))
    with pytest.raises(InputError, match="embedding of 'sad' is not finite"):
        graph.with_embeddings(torch.full((3, 4), float("inf")))
