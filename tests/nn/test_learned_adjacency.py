"""Edge weights that are learned within the graph's support."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from label_heads import LABELS, TASKS, asymmetric, edges, propagation_graph
from safetensors.torch import load_file, save_file
from torch.func import functional_call, stack_module_state, vmap
from torch_geometric.nn import GATConv, GraphConv, SAGEConv

from gcnlabel.errors import InputError
from gcnlabel.graph import attached_graph
from gcnlabel.nn import Adjacency, CosineHead, LabelGraphHead, LearnedAdjacency, MultiTaskModel, ResidualHead, mlp
from gcnlabel.nn import adjacency as adjacency_module
from gcnlabel.tasks import MultiLabel, TaskSet

X = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def learned(matrix, theta=None):
    adjacency = LearnedAdjacency(*edges(matrix), len(matrix))
    if theta is not None:
        adjacency.log_factor.data = torch.as_tensor(theta, dtype=torch.float64)
    return adjacency


def by_hand(matrix, theta):
    """Row by row: s_i a_ij e^θ / Σ |a| e^θ, with θ in the order of the rows' entries."""
    weights, entry = np.zeros_like(matrix), 0
    for i, row in enumerate(matrix):
        found = np.nonzero(row)[0]
        factor = row[found] * np.exp(theta[entry : entry + len(found)])
        entry += len(found)
        if len(found):
            weights[i, found] = factor * np.abs(row).sum() / np.abs(factor).sum()
    return weights


def head(matrix=None, hidden=(6,), adjacency=LearnedAdjacency, x=X, **options):
    torch.manual_seed(0)
    graph = propagation_graph(asymmetric(LABELS) if matrix is None else matrix, x)
    return LabelGraphHead(graph, TASKS, 4, hidden, bias=True, adjacency=adjacency, **options).double()


def shaken(module):
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter))
    return module


def together(scores):
    return torch.cat(list(scores.values()), 1)


@pytest.mark.parametrize("most_dense", [128, 0])
def test_it_starts_at_the_statistics_and_is_the_formula(most_dense, monkeypatch):
    monkeypatch.setattr(adjacency_module, "MAX_DENSE", most_dense)
    matrix = asymmetric(LABELS)
    torch.testing.assert_close(learned(matrix).dense(), torch.as_tensor(matrix))
    theta = np.random.default_rng(1).normal(size=np.count_nonzero(matrix)) * 3
    adjacency, expected = learned(matrix, theta), by_hand(matrix, theta)
    np.testing.assert_allclose(adjacency.dense().detach(), expected, atol=1e-12)
    np.testing.assert_allclose(adjacency().to_dense().detach(), expected, atol=1e-12)
    np.testing.assert_allclose(adjacency.propagate(X).detach(), expected @ X.numpy(), atol=1e-12)
    assert not np.allclose(expected, matrix, atol=0.1)


def test_a_row_by_hand():
    adjacency = learned(np.array([[0.5, -0.3], [0.0, 1.0]]), np.log([1.0, 5.0, 7.0]))  # 0.5 and 1.5 of 2, of 0.8
    np.testing.assert_allclose(adjacency.dense().detach(), [[0.2, -0.6], [0.0, 1.0]], atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(0, 1000), st.sampled_from([0.1, 10.0, 500.0]))
def test_rows_keep_their_sums_signs_and_support(size, seed, spread):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size)) * (rng.random((size, size)) < 0.6)
    weights = learned(matrix, rng.normal(size=np.count_nonzero(matrix)) * spread).dense().detach().numpy()
    assert np.isfinite(weights).all()
    np.testing.assert_allclose(np.abs(weights).sum(1), np.abs(matrix).sum(1), rtol=1e-9)
    assert not weights[matrix == 0].any()
    assert (weights * matrix >= 0).all()


@pytest.mark.parametrize("theta", [500.0, -500.0])
def test_stored_zeros_stay_out_and_an_isolated_label_keeps_itself(theta):
    matrix = np.array([[0.6, 0.4, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    label = torch.arange(3)
    whole = torch.stack([label.repeat(3), label.repeat_interleave(3)])
    adjacency = LearnedAdjacency(whole, torch.as_tensor(matrix).flatten(), 3)
    adjacency.log_factor.data[:2] = theta  # the edges of row 0; absent edges stay at 0, far from them
    weights = adjacency.dense()
    weights.sum().backward(retain_graph=True)
    assert torch.isfinite(weights).all()
    assert weights[matrix == 0].eq(0).all()
    assert weights[0].tolist() == pytest.approx([0.6, 0.4, 0])
    assert weights[1].tolist() == [0, 1, 0]
    assert weights[2].tolist() == [0, 0, 0]
    assert torch.isfinite(adjacency.log_factor.grad).all()
    adjacency.log_factor.grad = None
    adjacency.log_factor.data[:2] = 0
    (adjacency.dense() * torch.randn(3, 3, dtype=torch.float64)).sum().backward()
    assert (adjacency.log_factor.grad.view(3, 3) != 0).tolist() == [[True, True, False], [False] * 3, [False] * 3]


@pytest.mark.parametrize("most_dense", [128, 0])
@pytest.mark.parametrize("hidden", [(), (6,), (6, 3)], ids=str)
@pytest.mark.parametrize("batch", [2, 40])
def test_gradients_reach_the_edges_on_every_road(most_dense, hidden, batch, monkeypatch):
    monkeypatch.setattr(adjacency_module, "MAX_DENSE", most_dense)
    made = shaken(head(hidden=hidden))
    features = torch.randn(batch, 4, dtype=torch.float64, requires_grad=True)
    target = torch.randn(batch, LABELS, dtype=torch.float64)
    single = asymmetric(LABELS).astype(np.float32).astype(np.float64)  # as a head keeps it
    matrix = by_hand(single, made.adjacency.log_factor.detach().numpy())
    vectors = X.float().double().numpy()
    for layer, conv in enumerate(made.gcn.convs):
        vectors = matrix @ vectors @ conv.lin.weight.detach().numpy().T
        vectors = np.where(vectors > 0, vectors, 0.2 * vectors) if layer < len(hidden) else vectors
    np.testing.assert_allclose(made.weight().detach(), vectors, atol=1e-10)
    labels = torch.tensor([6, 0, 3])
    torch.testing.assert_close(made.weight_of(labels), made.weight()[labels])
    torch.testing.assert_close(made.scores_of(features, labels), together(made(features))[:, labels])
    inputs = [features, *made.parameters()]
    ours = torch.autograd.grad((together(made(features)) * target).sum(), inputs)
    dense = torch.autograd.grad(((features @ made.weight().T + made.bias) * target).sum(), inputs)
    torch.testing.assert_close(ours, dense)
    loss = lambda theta: functional_call(  # noqa: E731
        made, {"adjacency.log_factor": theta}, (features.detach(),)
    )["tags"].sum()
    assert torch.autograd.gradcheck(loss, made.adjacency.log_factor.detach().clone().requires_grad_())


def test_only_edge_weights_are_new_and_constant_ones_stay_constant():
    ours, fixed = head(), head(adjacency=Adjacency)
    names = {name for name, _ in ours.named_parameters()}
    assert names - {name for name, _ in fixed.named_parameters()} == {"adjacency.log_factor"}
    features = torch.randn(3, 4, dtype=torch.float64)
    torch.testing.assert_close(together(ours(features)), together(fixed(features)))
    assert ours.aggregated is None
    assert fixed.aggregated is not None


def test_training_finds_the_edges_that_matter():
    """A label hears one that says what it is, and one that says nothing of it: the first is listened to more."""
    tasks = TaskSet([MultiLabel("tags", ["a", "b", "c"])])
    matrix = np.array([[0.0, 0.5, 0.5], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    graph = propagation_graph(matrix, torch.eye(3), tasks)
    made = LabelGraphHead(graph, tasks, 3, (), adjacency=LearnedAdjacency)
    optimizer = torch.optim.Adam(made.parameters(), 0.05)
    features = torch.randn(100, 3)
    target = features @ torch.tensor([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).T
    for _ in range(300):
        optimizer.zero_grad()
        (together(made(features)) - target).square().mean().backward()
        optimizer.step()
    weights = made.adjacency.dense().detach()
    assert weights[0, 1] > 0.95
    assert weights[0].abs().sum() == pytest.approx(1)
    assert weights[1:].tolist() == [[0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize("wrap", [lambda h: h, CosineHead, ResidualHead])
def test_models_train_side_by_side(wrap):
    """Stacked members with all edges stored, zeros too, step as each would by itself."""
    label = torch.arange(LABELS)
    members = []
    for seed in range(2):
        graph = propagation_graph(asymmetric(LABELS, seed), X)
        dense = graph.adjacency()
        graph.edge_index = torch.stack([label.repeat(LABELS), label.repeat_interleave(LABELS)])
        graph.edge_weight = dense.flatten()
        members.append(shaken(wrap(LabelGraphHead(graph, TASKS, 4, (6,), adjacency=LearnedAdjacency)).double()))
    parameters, buffers = stack_module_state(members)
    features = torch.randn(2, 5, 4, dtype=torch.float64)

    def loss(parameters, buffers, features):
        return together(functional_call(members[0], (parameters, buffers), (features,))).square().sum()

    losses = vmap(loss)(parameters, buffers, features)
    ours = dict(zip(parameters, torch.autograd.grad(losses.sum(), list(parameters.values())), strict=True))
    for m, member in enumerate(members):
        together(member(features[m])).square().sum().backward()
        for name, parameter in member.named_parameters():
            torch.testing.assert_close(ours[name][m], parameter.grad)
    theta = next(value for name, value in ours.items() if name.endswith("log_factor"))
    support = torch.stack([torch.as_tensor(asymmetric(LABELS, seed) != 0).flatten() for seed in range(2)])
    assert not theta[~support].any()
    assert theta[support].any()


def test_a_checkpoint_keeps_what_was_learned(tmp_path):
    made = shaken(head())
    save_file(made.state_dict(), tmp_path / "head.safetensors")
    other = head(asymmetric(LABELS) * 2)
    other.load_state_dict(load_file(tmp_path / "head.safetensors"))
    features = torch.randn(5, 4, dtype=torch.float64)
    assert torch.equal(together(other(features)), together(made(features)))
    with pytest.raises(RuntimeError, match=r"size mismatch for adjacency\.(log_factor|value)"):
        head(np.eye(LABELS)).load_state_dict(made.state_dict())
    assert torch.equal(together(copy.deepcopy(made)(features)), together(made(features)))


def test_a_frozen_head_has_the_learned_vectors():
    made = shaken(head())
    features = torch.randn(5, 4, dtype=torch.float64)
    linear = made.to_linear()
    torch.testing.assert_close(together(linear(features)), together(made(features)))
    assert "adjacency.log_factor" not in linear.state_dict()


def larger(graph, attached):
    tasks = TaskSet([*list(TASKS)[:2], MultiLabel("tags", ("cow", "emu", "cat", "dog"))])
    place = [tasks.index(label) for label in TASKS.labels]
    matrix = asymmetric(tasks.num_labels, 3)
    matrix[np.ix_(place, place)] = graph.adjacency().numpy()
    matrix[0, tasks.index("emu")] = -0.4
    x = torch.randn(tasks.num_labels, 5, dtype=torch.float64)
    x[place] = graph.x
    whole = propagation_graph(matrix, x, tasks)
    return attached_graph(graph, whole) if attached else whole


@pytest.mark.parametrize("shift", [0.0, 40.0])
def test_extended_edges_keep_what_they_learned(shift):
    graph = propagation_graph(asymmetric(LABELS), X)
    made = shaken(head())
    made.adjacency.log_factor.data += shift  # θ says the same with a constant more
    model = MultiTaskModel(mlp(3, hidden=(4,)).double(), made).eval()
    inputs = torch.randn(5, 3, dtype=torch.float64)
    attached = model.extend(larger(graph, attached=True))
    before, after = model(inputs), attached(inputs)
    for task in list(TASKS)[:2]:
        torch.testing.assert_close(after[task.name], before[task.name])
    torch.testing.assert_close(after["tags"][:, [2, 3, 0]], before["tags"])  # cat, dog, cow
    assert isinstance(attached.head.adjacency, LearnedAdjacency)
    whole = larger(graph, attached=False)
    weights = model.extend(whole).head.adjacency.dense().detach()[0]
    start, place = whole.adjacency()[0], [whole.tasks.index(label) for label in TASKS.labels]
    learned = start.clone()
    learned[place] = made.adjacency.dense().detach()[0]  # the new edge has the weight that the statistics give it
    torch.testing.assert_close(weights, learned * start.abs().sum() / learned.abs().sum())


def test_other_layers_learn_their_edges_and_those_without_weights_refuse():
    for conv in (lambda a, b: GATConv(a, b, edge_dim=1, add_self_loops=False), GraphConv):
        made = head(conv=conv)
        together(made(torch.randn(3, 4, dtype=torch.float64))).square().sum().backward()
        assert made.adjacency.log_factor.grad.any()
    with (
        pytest.warns(UserWarning, match="SAGEConv ignores"),
        pytest.raises(InputError, match=r"SAGEConv ignores edge weights, which therefore cannot"),
    ):
        head(conv=SAGEConv)
