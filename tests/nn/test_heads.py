"""What heads share, and the linear one."""

import inspect

import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph

from gcnlabel.errors import InputError
from gcnlabel.nn import Head, LabelGraphHead, LinearHead

GRAPH = propagation_graph(asymmetric(LABELS), torch.eye(LABELS))


@pytest.fixture(params=["linear", "graph"])
def make(request):
    torch.manual_seed(0)
    if request.param == "linear":
        return LinearHead
    return lambda *args, **options: LabelGraphHead(GRAPH, *args, hidden_channels=(6,), **options)


def test_both_have_one_signature():
    for name in ("weight", "forward", "scores", "scores_of", "weight_of"):
        assert inspect.signature(getattr(LinearHead, name)) == inspect.signature(getattr(LabelGraphHead, name))
    shared = inspect.signature(LinearHead).parameters
    graph = inspect.signature(LabelGraphHead).parameters
    for name, parameter in shared.items():
        assert (graph[name].kind, graph[name].annotation) == (parameter.kind, parameter.annotation)
    assert list(graph)[:3] == ["graph", *list(shared)[:2]]
    assert {base for c in (LinearHead, LabelGraphHead) for base in c.__bases__} == {Head}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch", [0, 1, LABELS - 1, LABELS, 3 * LABELS])
def test_scores_are_the_product_with_the_label_vectors_cut_into_tasks(make, bias, batch):
    head = make(TASKS, 4, bias=bias).double()
    if bias:
        torch.nn.init.normal_(head.bias)
    assert (head.bias is None) is not bias
    features = torch.randn(batch, 4, dtype=torch.float64)
    expected = torch.einsum("bd,ld->bl", features, head.weight()) + (head.bias if bias else 0)
    scores = head(features)
    assert head.weight().shape == (LABELS, 4)
    assert {name: tuple(values.shape) for name, values in scores.items()} == {
        "expression": (batch, 3),
        "affect": (batch, 2),
        "tags": (batch, 3),
    }
    torch.testing.assert_close(torch.cat(list(scores.values()), dim=1), expected, rtol=1e-12, atol=1e-12)


def test_features_of_another_shape_are_refused(make):
    head = make(TASKS, 4)
    for shape in ((2, 5), (4,), (2, 4, 1, 1)):
        with pytest.raises(InputError, match=r"features of shape \[.*\]\n  expected: \[B, 4\]"):
            head(torch.zeros(shape))


def test_a_head_takes_features(make):
    with pytest.raises(InputError, match=r"in_features = 0\n  expected: at least 1"):
        make(TASKS, 0)


def test_linear_vectors_start_within_their_bound():
    head = LinearHead(TASKS, 100)
    assert 0.09 < head.weight().abs().max() <= 0.1
    assert head.bias.tolist() == [0] * LABELS
    assert [name for name, _ in head.named_parameters()] == ["bias", "vectors"]
