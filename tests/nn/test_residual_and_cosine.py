"""Heads that are made of another head: free residuals beside generated vectors, and cosine scores."""

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, propagation_graph

from gcnlabel.errors import InputError
from gcnlabel.nn import CosineHead, Head, LabelGraphHead, LinearHead, ResidualHead

X = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0))


def inner(kind, bias=True):
    torch.manual_seed(0)
    if kind == "linear":
        return LinearHead(TASKS, 4, bias=bias).double()
    return LabelGraphHead(propagation_graph(asymmetric(LABELS), X), TASKS, 4, (6,), bias=bias).double()


def whole(head, features):
    return torch.cat(list(head(features).values()), 1)


@pytest.mark.parametrize("kind", ["linear", "graph"])
@pytest.mark.parametrize("batch", [1, 40])
def test_a_residual_starts_at_nothing_and_adds_free_vectors(kind, batch):
    base = inner(kind)
    head = ResidualHead(base).double()
    features = torch.randn(batch, 4, dtype=torch.float64)
    torch.testing.assert_close(whole(head, features), whole(base, features), rtol=1e-12, atol=1e-12)
    torch.nn.init.normal_(head.residual)
    torch.nn.init.normal_(head.bias)
    expected = features.numpy() @ (base.weight() + head.residual).detach().numpy().T + head.bias.detach().numpy()
    np.testing.assert_allclose(whole(head, features).detach(), expected, atol=1e-12)


@pytest.mark.parametrize("kind", ["linear", "graph"])
@pytest.mark.parametrize("bias", [True, False])
def test_cosine_scores_are_cosines_with_a_scale_for_each_task(kind, bias):
    base = inner(kind, bias)
    head = CosineHead(base).double()
    with torch.no_grad():
        head.log_scale.copy_(torch.tensor([2.0, 3.0, 5.0]).log())
    features = torch.randn(7, 4, dtype=torch.float64)
    x, w = features.numpy(), base.weight().detach().numpy()
    cosines = x @ w.T / np.linalg.norm(x, axis=1)[:, None] / np.linalg.norm(w, axis=1)
    scale = np.repeat([2.0, 3.0, 5.0], [len(task) for task in TASKS])
    np.testing.assert_allclose(whole(head, features).detach(), cosines * scale, atol=1e-12)
    torch.testing.assert_close(whole(head, 100 * features), whole(head, features))


@pytest.mark.parametrize("make", [ResidualHead, CosineHead])
@pytest.mark.parametrize("kind", ["linear", "graph"])
def test_they_are_heads_like_the_others(make, kind):
    head = make(inner(kind)).double()
    assert isinstance(head, Head)
    features = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    scores = head(features)
    assert {name: tuple(values.shape) for name, values in scores.items()} == {
        task.name: (5, len(task)) for task in TASKS
    }
    whole(head, features).square().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in head.parameters())
    assert len({id(p) for p in head.parameters()}) == len(list(head.parameters()))
    labels = torch.tensor([6, 0, 6])
    some = head.scores_of(features, labels)
    torch.testing.assert_close(some, whole(head, features)[:, labels], rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(head.weight_of(labels), head.weight()[labels], rtol=1e-12, atol=1e-12)
    with pytest.raises(InputError, match=r"expected: \[B, 4\]"):
        head(torch.zeros(2, 5, dtype=torch.float64))


def test_folding():
    head = ResidualHead(inner("graph")).double()
    torch.nn.init.normal_(head.residual)
    features = torch.randn(5, 4, dtype=torch.float64)
    torch.testing.assert_close(whole(head.to_linear(), features), whole(head, features), rtol=1e-12, atol=1e-12)
    with pytest.raises(InputError, match="not linear in the features"):
        CosineHead(inner("linear")).to_linear()


def test_a_frozen_cosine_head_keeps_its_angles_and_scales_without_the_graph():
    head = CosineHead(inner("graph")).double()
    torch.nn.init.normal_(head.log_scale)
    torch.nn.init.normal_(head.bias)
    fused = head.fused()
    features = torch.randn(5, 4, dtype=torch.float64)
    torch.testing.assert_close(whole(fused, features), whole(head, features), rtol=1e-12, atol=1e-12)
    assert type(fused.head) is LinearHead


def test_a_feature_of_nothing_has_finite_scores_and_gradients():
    head = CosineHead(inner("linear")).double()
    features = torch.zeros(1, 4, dtype=torch.float64, requires_grad=True)
    whole(head, features).sum().backward()
    assert torch.isfinite(features.grad).all()
