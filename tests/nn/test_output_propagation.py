"""Scores that are propagated over the label graph."""

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import CosineHead, LabelGraphHead, LinearHead, OutputPropagation
from gcnlabel.tasks import Categorical, MultiLabel, TaskSet

A = asymmetric(LABELS)
X = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0))
FEATURES = torch.randn(5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
STRENGTHS = [0.5, -0.25, 2.0]


def inner(kind, bias=True):
    torch.manual_seed(0)
    if kind == "graph":
        head = LabelGraphHead(propagation_graph(A, X), TASKS, 4, (6,), bias=bias)
    else:
        head = LinearHead(TASKS, 4, bias=bias)
        head = CosineHead(head) if kind == "cosine" else head
    if bias:
        torch.nn.init.normal_(head.bias)
    return head


def propagated(kind="linear", bias=True, steps=2):
    head = OutputPropagation(inner(kind, bias), propagation_graph(A, X), steps).double()
    head.strength.data.copy_(torch.tensor(STRENGTHS))
    return head


def whole(head, features=FEATURES):
    return torch.cat(list(head(features).values()), 1)


def test_two_steps_by_hand():
    tasks = TaskSet([MultiLabel("tags", ["cat", "dog"])])
    graph = LabelGraph.from_dense([[0, -1.0], [0.5, 0]], tasks)
    linear = LinearHead(tasks, 2)
    linear.vectors.data = torch.eye(2)
    linear.bias.data = torch.tensor([10.0, 0.0])
    head = OutputPropagation(linear, graph)
    head.strength.data.fill_(1.0)
    # s = (3, 4); one step: (3 - 4, 4 + 3 / 2) = (-1, 5.5); two: (3 - 5.5, 4 - 1 / 2) = (-2.5, 3.5); then the bias
    assert head(torch.tensor([[3.0, 4.0]]))["tags"].tolist() == [[7.5, 3.5]]


@pytest.mark.parametrize("kind", ["linear", "graph", "cosine"])
def test_it_starts_as_the_other_head_and_learns_every_strength(kind):
    head = OutputPropagation(inner(kind), propagation_graph(A, X)).double()
    torch.testing.assert_close(whole(head), whole(head.head), rtol=1e-12, atol=1e-12)
    whole(head).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in head.parameters())
    assert (head.strength.grad != 0).all()


@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["linear", "graph", "cosine"])
def test_scores_are_the_truncated_series_of_signed_propagation(kind, bias, steps):
    head = propagated(kind, bias, steps)
    own = whole(head.head).detach().numpy() - (head.bias.detach().numpy() if bias else 0)
    heard = np.diag(np.repeat(STRENGTHS, [len(task) for task in TASKS])) @ A.astype(np.float32).astype(np.float64)
    series = sum(np.linalg.matrix_power(heard, k) for k in range(steps + 1))
    expected = own @ series.T + (head.bias.detach().numpy() if bias else 0)
    np.testing.assert_allclose(whole(head).detach(), expected, rtol=1e-6, atol=1e-6)
    labels = torch.tensor([6, 0, 6])
    torch.testing.assert_close(head.scores_of(FEATURES, labels), whole(head)[:, labels])


@pytest.mark.parametrize("kind", ["linear", "graph"])
def test_it_folds_into_plain_vectors(kind):
    head = propagated(kind)
    for folded in (head.to_linear(), head.fused()):
        assert type(folded) is LinearHead
        torch.testing.assert_close(whole(folded), whole(head))
        torch.testing.assert_close(folded.weight(), head.weight())
    vectors = head.head.weight().detach().clone()
    folded.vectors.data.zero_()
    torch.testing.assert_close(head.head.weight(), vectors)


def test_angles_cannot_be_folded_but_can_be_frozen():
    head = propagated("cosine")
    with pytest.raises(InputError, match="not linear in the features"):
        head.to_linear()
    fused = head.fused()
    torch.testing.assert_close(whole(fused), whole(head))
    assert fused.bias is fused.head.bias
    assert not {id(p) for p in fused.parameters()} & {id(p) for p in head.parameters()}


def test_an_isolated_label_without_a_loop_keeps_its_scores():
    matrix = A.copy()
    matrix[-1] = 0
    head = OutputPropagation(inner("linear"), propagation_graph(matrix, X)).double()
    head.strength.data.fill_(3.0)
    torch.testing.assert_close(whole(head)[:, -1], whole(head.head)[:, -1])
    assert not torch.allclose(whole(head)[:, :-1], whole(head.head)[:, :-1])


def test_a_larger_graph_keeps_strengths_by_name():
    head = propagated("graph")
    first, *others = TASKS
    tasks = TaskSet([MultiLabel("new", ("cow2",)), Categorical(first.name, (*first.labels, "calm")), *others])
    place = [tasks.labels.index(label) for label in TASKS.labels]
    matrix = np.zeros((tasks.num_labels, tasks.num_labels))
    matrix[np.ix_(place, place)] = A
    x = torch.randn(tasks.num_labels, 5)
    x[place] = X
    larger = head.extended(propagation_graph(matrix, x, tasks))
    assert larger.strength.tolist() == [0, *STRENGTHS]
    torch.testing.assert_close(whole(larger)[:, place], whole(head))
    with pytest.raises(InputError, match="LinearHead without a label graph"):
        propagated("linear").extended(propagation_graph(matrix, x, tasks))


def test_many_labels_are_propagated_by_sparse_rows():
    tasks = TaskSet([MultiLabel("tags", [f"t{i}" for i in range(200)])])
    matrix = asymmetric(200)
    head = OutputPropagation(LinearHead(tasks, 4).double(), propagation_graph(matrix, None, tasks), 1).double()
    head.strength.data.fill_(0.5)
    own = whole(head.head).detach().numpy()
    np.testing.assert_allclose(whole(head).detach(), own + 0.5 * own @ matrix.T, rtol=1e-5, atol=1e-5)
    exact, head = whole(head), head.float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(whole(head, FEATURES.float()).double(), exact, rtol=0.05, atol=0.05)


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="steps = 0\n  expected: at least 1"):
        OutputPropagation(inner("linear"), propagation_graph(A, X), 0)
    other = TaskSet([MultiLabel("tags", ("cat", "dog"))])
    with pytest.raises(InputError, match="labels"):
        OutputPropagation(inner("linear"), LabelGraph.from_dense(np.eye(2), other))


def test_the_state_carries_the_graph():
    head = propagated()
    fresh = OutputPropagation(inner("linear"), propagation_graph(A, X)).double()
    fresh.load_state_dict(head.state_dict())
    torch.testing.assert_close(whole(fresh), whole(head))
    assert "adjacency.value" in head.state_dict()
