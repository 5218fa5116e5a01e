"""Heads whose labels look at each sample: label queries and graphs of each sample."""

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS
from scipy.special import expit, softmax

from gcnlabel.errors import InputError
from gcnlabel.nn import CosineHead, LabelQueryHead, MultiTaskModel, SampleGraphHead, mlp
from gcnlabel.tasks import MultiLabel, TaskSet

FEATURES = torch.randn(5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
BOTH = pytest.mark.parametrize("kind", [LabelQueryHead, SampleGraphHead])
OF_LABELS = {"bias", "queries", "vectors", "activation.weight", "graph_of_whole.weight"}
OF_LABELS |= {"graph_of_label.weight", "graph_of_label.bias"}


def made(kind, seed=0, tokens=3, **options):
    torch.manual_seed(seed)
    head = kind(TASKS, 6, tokens, 4, **options).double()
    torch.nn.init.normal_(head.bias)
    return head


def whole(head, features=FEATURES):
    return torch.cat(list(head(features).values()), 1)


def numbers(head):
    return {name: p.detach().numpy() for name, p in head.named_parameters()}


def tokens_of(p, sample, count=3):
    maps = p["tokens.linear.weight"].reshape(count, 4, 6)
    return np.stack([u @ sample + c for u, c in zip(maps, p["tokens.linear.bias"].reshape(count, 4), strict=True)])


def layer_norm(x, p, name):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attention_of_each_query_is_what_the_papers_write(heads):
    head = made(LabelQueryHead, heads=heads)
    for norm in head.norms:
        torch.nn.init.normal_(norm.weight)
        torch.nn.init.normal_(norm.bias)
    p, size = numbers(head), 4 // heads
    expected = np.zeros((5, LABELS))
    for b, sample in enumerate(FEATURES.numpy()):
        tokens = tokens_of(p, sample)
        for label in range(LABELS):
            query, mixed = p["queries"][label], []
            for h in range(heads):
                rows = slice(h * size, (h + 1) * size)
                keys = tokens @ p["attention.key.weight"][rows].T
                asked = p["attention.query.weight"][rows] @ query
                weights = softmax(keys @ asked / np.sqrt(size))
                mixed.append(weights @ (tokens @ p["attention.value.weight"][rows].T))
            z = layer_norm(query + p["attention.out.weight"] @ np.concatenate(mixed), p, "norms.0")
            hidden = np.maximum(p["feed_forward.0.weight"] @ z + p["feed_forward.0.bias"], 0)
            z = layer_norm(z + p["feed_forward.2.weight"] @ hidden + p["feed_forward.2.bias"], p, "norms.1")
            expected[b, label] = p["vectors"][label] @ z + p["bias"][label]
    np.testing.assert_allclose(whole(head).detach(), expected, atol=1e-12)


def test_the_graph_of_each_sample_is_what_the_paper_writes():
    head = made(SampleGraphHead)
    p = numbers(head)

    def leaky(x):
        return np.where(x > 0, x, 0.2 * x)

    w_a = np.concatenate([p["graph_of_label.weight"], p["graph_of_whole.weight"]], 1)  # [L, 2 C], as in the paper
    expected = np.zeros((5, LABELS))
    for b, sample in enumerate(FEATURES.numpy()):
        tokens = tokens_of(p, sample)
        activations = tokens @ p["activation.weight"].T
        v = np.stack([(expit(activations[:, i])[:, None] * tokens).mean(0) for i in range(LABELS)])
        h = leaky(p["static_graph.weight"] @ v @ p["static.weight"].T)
        g = p["whole.weight"] @ h.mean(0) + p["whole.bias"]
        both = np.stack([np.concatenate([h[j], g]) for j in range(LABELS)], 1)  # [2 C, L]
        graph = expit(w_a @ both + p["graph_of_label.bias"][:, None]) / LABELS
        z = leaky(graph @ h @ p["dynamic.weight"].T)
        expected[b] = ((z * p["vectors"]).sum(1) + activations.mean(0)) / 2 + p["bias"]
    np.testing.assert_allclose(whole(head).detach(), expected, atol=1e-12)


@BOTH
def test_positions_of_a_map_go_through_one_map_and_have_places_of_their_own(kind):
    """Three positions of two channels are tokens of six features whose maps are zero but for their own channels."""
    head, same = made(kind, channels=2), made(kind, seed=1)
    torch.nn.init.normal_(head.tokens.place)
    state = head.state_dict()
    shared, place = state.pop("tokens.linear.weight"), state.pop("tokens.place")
    own = torch.zeros(3, 4, 6, dtype=torch.float64)
    for i in range(3):
        own[i, :, 2 * i : 2 * i + 2] = shared
    same.load_state_dict({**state, "tokens.linear.weight": own.flatten(0, 1), "tokens.linear.bias": place.flatten()})
    same.tokens.gathered = head.tokens.gathered
    torch.testing.assert_close(whole(head), whole(same))


def test_a_label_is_there_where_its_highest_activation_is():
    head = made(SampleGraphHead, channels=2)
    torch.nn.init.zeros_(head.vectors)
    activations = head.activation(head.tokens(FEATURES)).detach().numpy()  # [B, M, L]
    expected = activations.max(1) / 2 + head.bias.detach().numpy()
    np.testing.assert_allclose(whole(head).detach(), expected)


@BOTH
@pytest.mark.parametrize("channels", [4, 6])
def test_features_that_are_no_map_are_refused(kind, channels):
    with pytest.raises(InputError, match=rf"6 features are no map of {channels} channels(.|\n)*pool: none"):
        kind(TASKS, 6, 3, 4, channels=channels)


@BOTH
def test_permuted_labels_have_permuted_scores(kind):
    head, other = made(kind), made(kind, seed=1)
    order = torch.randperm(LABELS, generator=torch.Generator().manual_seed(0))
    for (name, theirs), ours in zip(other.named_parameters(), head.parameters(), strict=True):
        theirs.data = ours.data[order] if name in OF_LABELS else ours.data.clone()
        if name == "static_graph.weight":
            theirs.data = ours.data[order][:, order]
    torch.testing.assert_close(whole(other), whole(head)[:, order], rtol=1e-10, atol=1e-10)


@BOTH
@pytest.mark.parametrize("batch", [0, 1, 7])
def test_scores_are_cut_into_tasks_for_any_batch(kind, batch):
    head = made(kind)
    features = torch.randn(batch, 6, dtype=torch.float64)
    assert {name: tuple(s.shape) for name, s in head(features).items()} == {t.name: (batch, len(t)) for t in TASKS}
    labels = torch.tensor([6, 0, 6])
    torch.testing.assert_close(head.scores_of(features, labels), whole(head, features)[:, labels])
    candidates = torch.randint(LABELS, (batch, 2))
    torch.testing.assert_close(head.scores_of(features, candidates), whole(head, features).gather(1, candidates))
    with pytest.raises(InputError, match=r"expected: \[B, 6\]"):
        head(features[:, :5])


@BOTH
def test_one_label_is_enough(kind):
    head = kind(TaskSet([MultiLabel("tags", ["cat"])]), 6)
    assert torch.isfinite(head(torch.randn(3, 6))["tags"]).all()


@BOTH
def test_the_gradient_reaches_every_parameter(kind):
    head = made(kind)
    whole(head).square().sum().backward()
    for name, parameter in head.named_parameters():
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 1e-9, name


@BOTH
def test_samples_do_not_hear_each_other(kind):
    head = made(kind)
    torch.testing.assert_close(whole(head)[2:3], whole(head, FEATURES[2:3]))


def test_labels_that_hear_nobody_have_finite_scores_and_gradients():
    head = made(SampleGraphHead)
    head.static_graph.weight.data[:] = 0
    whole(head).square().sum().backward()
    assert torch.isfinite(whole(head)).all()
    assert all(torch.isfinite(p.grad).all() for p in head.parameters())


def test_graphs_differ_from_sample_to_sample_and_hear_less_than_one_label_in_all():
    head = made(SampleGraphHead)
    graphs = head.graphs(torch.randn(2, LABELS, 4, dtype=torch.float64))
    assert graphs.shape == (2, LABELS, LABELS)
    assert not torch.allclose(graphs[0], graphs[1])
    assert (graphs > 0).all()
    assert (graphs.sum(2) < 1).all()


@BOTH
def test_they_have_no_vectors_and_say_so(kind):
    head = made(kind)
    assert not head.has_vectors
    for asked in (head.weight, lambda: head.weight_of(torch.tensor([0])), lambda: CosineHead(head)(FEATURES)):
        with pytest.raises(InputError, match=f"a {kind.__name__} has no label vectors: they depend on the sample"):
            asked()
    with pytest.raises(InputError, match="not linear in the features\n  to do: use head.fused"):
        head.to_linear()
    with pytest.raises(InputError, match=f"{kind.__name__} without a label graph cannot score"):
        head.extended(None)


@BOTH
def test_a_frozen_model_is_a_copy_with_the_same_scores(kind):
    model = MultiTaskModel(mlp(3, hidden=(6,)), made(kind).float())
    fused = model.eval().fuse()
    inputs = torch.randn(4, 3)
    for name, scores in model(inputs).items():
        torch.testing.assert_close(fused(inputs)[name], scores)
    assert not any(p.requires_grad for p in fused.parameters())
    assert all(p.requires_grad for p in model.parameters())


@BOTH
def test_a_state_fits_another_of_its_shape(kind):
    head, other = made(kind), made(kind, seed=1)
    other.load_state_dict(head.state_dict())
    torch.testing.assert_close(whole(other), whole(head))


@BOTH
def test_one_token_says_nothing(kind):
    with pytest.raises(InputError, match="1 tokens of size 4\n  expected: at least 2 tokens, of at least 1"):
        kind(TASKS, 6, 1, 4)


def test_heads_divide_the_width():
    with pytest.raises(InputError, match="3 attention heads over a width of 4\n  expected: a number that divides it"):
        LabelQueryHead(TASKS, 6, 2, 4, 3)
