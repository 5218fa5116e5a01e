"""Other layers of the generator: PyG's own, and those that the config names."""

import warnings
from math import log

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric, edges, propagation_graph
from torch.func import functional_call, stack_module_state, vmap
from torch_geometric.nn import ChebConv, GCNConv, SSGConv, TransformerConv

from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.nn import CONVOLUTIONS, LabelGraphHead, LinearHead, MultiTaskModel, mlp
from gcnlabel.nn.convolutions.appnp import LinearAPPNP
from gcnlabel.nn.convolutions.gcnii import GCNII
from gcnlabel.nn.label_gcn import weights_as
from gcnlabel.tasks import MultiLabel, TaskSet

NAMED = {name: CONVOLUTIONS.resolve(name) for name in CONVOLUTIONS.names()}
UNWEIGHTED = [name for name, layer in NAMED.items() if getattr(layer, "unweighted", False)]
X = torch.randn(LABELS, 5, generator=torch.Generator().manual_seed(0))
SIGNED = asymmetric(LABELS)

pytestmark = pytest.mark.filterwarnings("ignore:SAGEConv ignores:gcnlabel.errors.GcnlabelWarning")


def head(conv, matrix=SIGNED, hidden=(6,)):
    torch.manual_seed(0)
    return LabelGraphHead(propagation_graph(matrix, X), TASKS, 4, hidden, bias=True, conv=conv).double()


def together(scores):
    return torch.cat(list(scores.values()), 1)


def numpy(parameter):
    return parameter.detach().double().numpy()


OTHERS = {
    "cheb": lambda a, b: ChebConv(a, b, K=2),
    "transformer": lambda a, b: TransformerConv(a, b, edge_dim=1),
    "normalised": GCNConv,
    "ssg": lambda a, b: SSGConv(a, b, alpha=0.1, add_self_loops=False),
}


@pytest.mark.parametrize("name", [*NAMED, *OTHERS])
@pytest.mark.parametrize("hidden", [(), (6,)], ids=str)
def test_every_layer_makes_a_head(name, hidden):
    matrix = np.abs(SIGNED) if name in OTHERS else SIGNED
    made = head({**NAMED, **OTHERS}[name], matrix, hidden)
    features = torch.randn(7, 4, dtype=torch.float64)
    scores = made(features)
    assert {task: tuple(values.shape) for task, values in scores.items()} == {t.name: (7, len(t)) for t in TASKS}
    together(scores).square().sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in made.parameters())
    assert any(parameter.grad.any() for parameter in made.gcn.parameters())
    labels = torch.tensor([6, 0, 6])
    torch.testing.assert_close(made.scores_of(features, labels), together(made(features))[:, labels])
    fused = made.fused()
    assert isinstance(fused, LinearHead)
    torch.testing.assert_close(together(fused(features)), together(made(features)))


@pytest.mark.parametrize("name", NAMED)
def test_scores_follow_the_labels_when_they_are_permuted(name):
    order = torch.randperm(LABELS, generator=torch.Generator().manual_seed(1)).numpy()
    tasks = TaskSet([MultiLabel("tags", [TASKS.labels[i] for i in order])])
    one = head(NAMED[name])
    graph = propagation_graph(SIGNED[np.ix_(order, order)], X[order], tasks)
    other = LabelGraphHead(graph, tasks, 4, (6,), conv=NAMED[name]).double()
    other.gcn.load_state_dict(one.gcn.state_dict())
    torch.testing.assert_close(other.weight(), one.weight()[order])


def dense(name, conv, adjacency, h):
    """The formula of a layer, with matrices."""
    p = {key: numpy(value) for key, value in conv.named_parameters()}
    if name == "gcn":
        return adjacency @ h @ p["lin.weight"].T
    if name == "graph":
        return adjacency @ h @ p["lin_rel.weight"].T + h @ p["lin_root.weight"].T
    if name == "sage":
        mean = (adjacency != 0) / np.maximum((adjacency != 0).sum(1, keepdims=True), 1)
        return mean @ h @ p["lin_l.weight"].T + h @ p["lin_r.weight"].T
    if name == "tag":
        return sum(np.linalg.matrix_power(adjacency, k) @ h @ p[f"lins.{k}.weight"].T for k in range(4))
    if name in ("gat", "gatv2"):
        return attention(name, p, adjacency, h)
    initial = values = h @ p["lin.weight"].T
    if name == "appnp":
        for _ in range(10):
            values = 0.9 * adjacency @ values + 0.1 * initial
        return values
    for layer in (1, 2):  # gcnii
        beta, own = log(0.5 / layer + 1), p[f"layers.{layer - 1}.weight1"]
        values = np.maximum(values, 0) if layer > 1 else values
        values = (0.9 * adjacency @ values + 0.1 * initial) @ ((1 - beta) * np.eye(len(own)) + beta * own)
    return values


def attention(name, p, adjacency, h):
    values = np.zeros((len(h), p["lin_edge.weight"].shape[0]))
    theirs = h @ (p["lin.weight"] if name == "gat" else p["lin_l.weight"]).T
    ours = theirs if name == "gat" else h @ p["lin_r.weight"].T
    leaky = lambda v: np.where(v > 0, v, 0.2 * v)  # noqa: E731
    for i, row in enumerate(adjacency):
        heard = np.nonzero(row)[0]
        edge = row[heard, None] * p["lin_edge.weight"].T
        if name == "gat":
            logits = leaky(
                ours[i] @ p["att_dst"][0, 0] + theirs[heard] @ p["att_src"][0, 0] + edge @ p["att_edge"][0, 0]
            )
        else:
            logits = leaky(ours[i] + theirs[heard] + edge) @ p["att"][0, 0]
        share = np.exp(logits) / np.exp(logits).sum()
        values[i] = share @ theirs[heard]
    return values


@pytest.mark.parametrize("name", NAMED)
def test_every_named_layer_is_its_formula_over_a_signed_graph(name):
    """Over Â as it stands: no loop is added, nothing is normalised once more, edges point from j to i."""
    made = head(NAMED[name])
    adjacency, h = SIGNED.astype(np.float32).astype(np.float64), X.double().numpy()
    first, last = made.gcn.convs
    hidden = dense(name, first, adjacency, h)
    expected = dense(name, last, adjacency, np.where(hidden > 0, hidden, 0.2 * hidden))
    np.testing.assert_allclose(made.weight().detach(), expected, atol=1e-10)


@pytest.mark.parametrize("name", NAMED)
def test_stored_edges_of_weight_zero_are_none(name):
    label, made = torch.arange(LABELS), head(NAMED[name])
    graph = propagation_graph(SIGNED, X)
    graph.edge_weight = graph.adjacency().flatten()
    graph.edge_index = torch.stack([label.repeat(LABELS), label.repeat_interleave(LABELS)])
    other = LabelGraphHead(graph, TASKS, 4, (6,), bias=True, conv=NAMED[name]).double()
    other.gcn.load_state_dict(made.gcn.state_dict())
    torch.testing.assert_close(other.weight(), made.weight())
    assert (name in UNWEIGHTED) == (len(other.adjacency.value) < LABELS**2)
    assert (name in UNWEIGHTED) == (weights_as(made.gcn.convs[0]) != "edge_weight")


@pytest.mark.parametrize("name", NAMED)
def test_a_label_that_hears_nobody_has_finite_vectors(name):
    matrix = SIGNED.copy()
    matrix[2] = 0
    made = head(NAMED[name], matrix)
    assert torch.isfinite(made.weight()).all()


@pytest.mark.parametrize("name", NAMED)
def test_models_train_side_by_side(name):
    members = [head(NAMED[name]), head(NAMED[name], np.abs(SIGNED))]
    with torch.no_grad():
        for parameter in members[1].parameters():
            parameter.mul_(1.5)
    parameters, buffers = stack_module_state(members)
    features = torch.randn(2, 5, 4, dtype=torch.float64)
    call = lambda p, b, x: together(functional_call(members[0], (p, b), (x,)))  # noqa: E731
    ours = vmap(call)(parameters, buffers, features)
    for member, x, scores in zip(members, features, ours, strict=True):
        torch.testing.assert_close(scores, together(member(x)))


@pytest.mark.parametrize("name", NAMED)
def test_models_extend(name):
    model = MultiTaskModel(mlp(3, hidden=(4,)).double(), head(NAMED[name]))
    tasks = TaskSet([*TASKS, MultiLabel("scenes", ("beach",))])
    matrix = np.zeros((LABELS + 1, LABELS + 1))
    matrix[:-1, :-1] = SIGNED
    matrix[-1, [0, 4, -1]] = -0.3, 0.2, 0.5
    graph = propagation_graph(matrix, torch.cat([X, torch.ones(1, 5)]), tasks)
    extended, inputs = model.extend(graph), torch.randn(3, 3, dtype=torch.float64)
    before, after = model(inputs), extended(inputs)
    for task in before:
        torch.testing.assert_close(after[task], before[task])
    assert torch.isfinite(after["scenes"]).all()


def test_more_steps_and_deeper_ones():
    torch.manual_seed(0)
    edge_index, edge_weight = edges(SIGNED)
    h, appnp, deep = X.double(), LinearAPPNP(5, 3, steps=3, alpha=0.5).double(), GCNII(5, 3, depth=1, alpha=1).double()
    initial = h @ appnp.lin.weight.T
    values = initial
    for _ in range(3):
        values = 0.5 * torch.as_tensor(SIGNED) @ values + 0.5 * initial
    torch.testing.assert_close(appnp(h, edge_index, edge_weight), values)
    beta = log(1.5)
    expected = h @ deep.lin.weight.T @ ((1 - beta) * torch.eye(3) + beta * deep.layers[0].weight1)  # α = 1: H⁰ alone
    torch.testing.assert_close(deep(h, edge_index, edge_weight), expected)


def test_a_layer_that_sees_no_weight_says_so():
    with pytest.warns(GcnlabelWarning, match="SAGEConv ignores edge weights"):
        head(NAMED["sage"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in NAMED:
            if name != "sage":
                head(NAMED[name])


def test_unknown_names():
    with pytest.raises(InputError, match=r"unknown convolution 'gatv3'(.|\n)*gcn \| gcnii(.|\n)*did you mean 'gatv2'"):
        CONVOLUTIONS.resolve("gatv3")
