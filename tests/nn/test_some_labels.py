"""Scores of some labels alone, and folding: the same numbers as the whole head, with the same gradients."""

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph
from torch_geometric.nn import GraphConv

from gcnlabel.errors import InputError
from gcnlabel.nn import LabelGraphHead, LinearHead, fold
from gcnlabel.nn.heads import folding

X = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0))


@pytest.fixture(params=["linear", (), (6,), (6, 3), "graph_conv"], ids=str)
def head(request):
    torch.manual_seed(0)
    if request.param == "linear":
        return LinearHead(TASKS, 4).double()
    graph = propagation_graph(asymmetric(LABELS), X)
    if request.param == "graph_conv":
        return LabelGraphHead(graph, TASKS, 4, (6,), bias=True, conv=GraphConv).double()
    made = LabelGraphHead(graph, TASKS, 4, request.param, bias=True).double()
    torch.nn.init.normal_(made.bias)
    return made


def whole(head, features):
    return torch.cat(list(head(features).values()), 1)


@pytest.mark.parametrize("labels", [[0], [7], [5, 1, 5], list(range(LABELS)), []], ids=str)
@pytest.mark.parametrize("batch", [1, 40])
def test_scores_of_some_labels_are_columns_of_all(head, labels, batch):
    features = torch.randn(batch, 4, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor(labels, dtype=torch.int64)
    some, every = head.scores_of(features, labels), whole(head, features)[:, labels]
    torch.testing.assert_close(some, every, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(head.weight_of(labels), head.weight()[labels], rtol=1e-12, atol=1e-12)
    inputs = [features, *head.parameters()]
    target = torch.randn_like(some)
    ours = torch.autograd.grad((some * target).sum(), inputs, materialize_grads=True)
    theirs = torch.autograd.grad((every * target).sum(), inputs, materialize_grads=True)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_candidates_of_each_sample(head):
    features = torch.randn(3, 4, dtype=torch.float64)
    candidates = torch.tensor([[0, 3], [7, 7], [2, 5]])
    expected = whole(head, features).gather(1, candidates)
    torch.testing.assert_close(head.scores_of(features, candidates), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (torch.tensor([0.0]), "type torch.float32"),
        (torch.tensor([[0, 1]]), r"shape \[1, 2\]"),
        (torch.tensor([LABELS]), f"labels from {LABELS} to {LABELS}\n  expected: positions from 0 to {LABELS - 1}"),
        (torch.tensor([-1, 0]), "labels from -1 to 0"),
    ],
)
def test_labels_that_are_none(head, labels, message):
    with pytest.raises(InputError, match=message):
        head.scores_of(torch.zeros(3, 4, dtype=torch.float64), labels)


def test_only_what_is_heard_is_computed():
    """Two far parts of a graph: the scores of one do not look at the other."""
    matrix = np.kron(np.eye(2), np.full((4, 4), 0.25))
    head = LabelGraphHead(propagation_graph(matrix, X), TASKS, 4, (6, 6))
    seen = []
    head.gcn.convs[0].lin.register_forward_hook(lambda module, inputs, output: seen.append(len(inputs[0])))
    head.scores_of(torch.zeros(1, 4), torch.tensor([1]))
    assert seen == [4]


def test_training_on_samples_of_the_labels_learns_all_of_them():
    torch.manual_seed(0)
    head = LabelGraphHead(propagation_graph(asymmetric(LABELS), torch.eye(LABELS)), TASKS, 4, (16,))
    features, optimizer = torch.randn(64, 4), torch.optim.Adam(head.parameters(), 0.02)
    target = features @ torch.randn(4, LABELS)
    before = (whole(head, features) - target).square().mean()
    for _ in range(400):
        labels = torch.randperm(LABELS)[:3]
        loss = (head.scores_of(features, labels) - target[:, labels]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (whole(head, features) - target).square().mean() < 0.05 * before


def test_folding_gives_the_same_scores_and_a_linear_head(head, monkeypatch):
    monkeypatch.setattr(folding, "LABELS_AT_ONCE", 3)
    folded = head.to_linear()
    features = torch.randn(5, 4, dtype=torch.float64)
    assert type(folded) is LinearHead
    torch.testing.assert_close(whole(folded, features), whole(head, features), rtol=1e-12, atol=1e-12)
    assert (folded.bias is None) == (head.bias is None)
    before = folded.weight().clone()
    for parameter in head.parameters():
        parameter.data.zero_()
    assert torch.equal(folded.weight(), before)


def test_folding_draws_no_random_number():
    head = LinearHead(TASKS, 4)
    torch.manual_seed(0)
    fold(head)
    found = torch.rand(1)
    torch.manual_seed(0)
    assert torch.equal(found, torch.rand(1))
