import numpy as np
import pytest
import torch

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph, attached_graph, joined_graph, similarity_graph
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet


def test_similarities_are_numpys_cosines():
    x = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
    x[3] = 0
    graph = similarity_graph(["a", "b", "c", "d"], torch.as_tensor(x))
    found = graph.adjacency().numpy()
    for i in range(4):
        for j in range(4):
            size = np.linalg.norm(x[i]) * np.linalg.norm(x[j])
            assert found[i, j] == pytest.approx(x[i] @ x[j] / size if size and i != j else 0, abs=1e-6)
    assert torch.equal(graph.x, torch.as_tensor(x))
    with pytest.raises(InputError, match=r"embeddings of shape \[4, 6\]"):
        similarity_graph(["a", "b"], torch.as_tensor(x))


def test_joined_keeps_what_was_measured_and_takes_the_rest_from_elsewhere():
    old = TaskSet([MultiLabel("tags", ["cat", "dog"]), Dimensional("affect", ["valence"])])
    new = TaskSet([Dimensional("affect", ["valence"]), MultiLabel("tags", ["dog", "cow", "cat"])])
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 3)), rng.normal(size=(4, 4))
    joined = joined_graph(LabelGraph.from_dense(a, old), LabelGraph.from_dense(b, new, x=torch.ones(4, 2)))
    assert joined.tasks == new
    assert joined.x.shape == (4, 2)
    for i, row in enumerate(new.labels):
        for j, column in enumerate(new.labels):
            known = row in old.labels and column in old.labels
            wanted = a[old.index(row), old.index(column)] if known else b[i, j]
            assert joined.statistic[i, j] == wanted
            assert joined.adjacency()[i, j] == pytest.approx(0 if i == j else wanted, rel=1e-6)
    with pytest.raises(InputError, match="unknown label 'cat'"):
        joined_graph(LabelGraph.from_dense(a, old), LabelGraph.from_dense(np.eye(1), ["dog"]))


def test_attached_labels_listen_and_are_not_listened_to():
    old = TaskSet([MultiLabel("tags", ["cat", "dog"]), Dimensional("affect", ["valence"])])
    new = TaskSet([Dimensional("affect", ["valence"]), MultiLabel("tags", ["dog", "cow", "cat"])])
    rng = np.random.default_rng(0)
    trained, larger = (LabelGraph.from_dense(rng.normal(size=(n, n)), t) for n, t in ((3, old), (4, new)))
    larger.x = torch.ones(4, 2)
    found = attached_graph(trained, larger).adjacency()
    for i, row in enumerate(new.labels):
        for j, column in enumerate(new.labels):
            if row == "cow":
                wanted = larger.adjacency()[i, j]
            else:
                wanted = trained.adjacency()[old.index(row), old.index(column)] if column != "cow" else 0
            assert found[i, j] == wanted
    assert attached_graph(trained, larger).x is larger.x
    with pytest.raises(InputError, match="unknown label 'cat'"):
        attached_graph(trained, LabelGraph.from_dense(np.eye(1), ["dog"]))
