"""Members that train side by side against the same models alone, in a plain loop."""

import copy
from functools import partial

import pytest
import torch

from gcnlabel.data import targets_to_tensors
from gcnlabel.embeddings import random_embeddings
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import HEADS as KINDS
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.backbones import mlp, small_cnn
from gcnlabel.run.build import build_head, build_loss
from gcnlabel.run.graph import with_adjacency
from gcnlabel.training import Ensemble, make_optimizer

RATES = (0.003, 0.01, 0.03)
GRAPH = {"name": "graph", "hidden_channels": [6], "bias": True}
RESIDUAL = {"name": "residual", "of": GRAPH, "tasks": ["tags"]}
HEADS = {
    "linear": KINDS.parse("linear"),
    "cosine": KINDS.parse({"name": "cosine", "keep_length": ["affect"]}),
    "graph": KINDS.parse(GRAPH),
    "residual": KINDS.parse({"name": "residual", "of": GRAPH}),
    "graph-cosine": KINDS.parse({"name": "cosine", "of": RESIDUAL, "keep_length": ["affect"]}),
}


def graph_of(tasks, seed):
    draw = torch.Generator().manual_seed(seed)
    size = tasks.num_labels
    matrix = torch.rand(size, size, generator=draw) * (torch.rand(size, size, generator=draw) < 0.5) - 0.2
    raw = LabelGraph.from_dense(matrix.numpy(), tasks).with_embeddings(
        random_embeddings(tasks.labels, size=5, seed=seed)
    )
    return with_adjacency(raw, matrix)


def drawn(head, data, seed, backbone):
    torch.manual_seed(seed)
    front = backbone()
    graph = graph_of(data.tasks, seed) if HEADS[head].has_graph else None
    return MultiTaskModel(front, build_head(HEADS[head], data.tasks, front.out_features, graph))


def batches(inputs, data, steps, members):
    """Batches of each member, different from one another."""
    targets = targets_to_tensors(data.parts["train"].annotations)
    draw = torch.Generator().manual_seed(7)
    for _ in range(steps):
        rows = torch.stack([torch.randperm(len(inputs), generator=draw)[:12] for _ in range(members)])
        yield inputs[rows], {name: target[rows] for name, target in targets.items()}


def alone(model, of_member, loss, optimizer, rate, factors):
    """Train one model in a plain loop and return its losses."""
    descent, found = optimizer([{"params": list(model.parameters()), "lr": rate}]), []
    model.train()
    for (inputs, targets), factor in zip(of_member, factors, strict=True):
        descent.param_groups[0]["lr"] = rate * factor
        descent.zero_grad()
        value = loss(model(inputs), targets)[0]
        value.backward()
        descent.step()
        found.append(value.item())
    return found


def compare(head, data, config, optimizer, backbone, inputs, fused=True):
    models = [drawn(head, data, seed, backbone) for seed in range(3)]
    lone = [copy.deepcopy(model) for model in models]
    loss, factors = build_loss(config, data), [1.0, 0.75, 0.5, 0.25]
    members = Ensemble(models, [loss] * 3, RATES, partial(optimizer, fused=fused))
    given = list(batches(inputs, data, len(factors), 3))
    losses = [members.step(*batch, factor) for batch, factor in zip(given, factors, strict=True)]
    for m, model in enumerate(lone):
        own = [(x[m], {name: target[m] for name, target in targets.items()}) for x, targets in given]
        expected = alone(model, own, loss, optimizer, RATES[m], factors)
        torch.testing.assert_close(torch.stack(losses)[:, m], torch.tensor(expected), rtol=1e-4, atol=1e-5)
        copied = copy.deepcopy(models[m])
        members.copy_to(m, copied)
        state = model.state_dict()
        for name, value in copied.state_dict().items():
            torch.testing.assert_close(value, state[name], rtol=1e-3, atol=1e-4, msg=f"{head} {name}")
        found = members.scores(inputs[:5])
        for name, scores in model.eval()(inputs[:5]).items():
            torch.testing.assert_close(found[name][m], scores, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("head", HEADS)
def test_side_by_side_with_adamw_is_alone(head, data, config):
    adamw = partial(make_optimizer, settings={"name": "adamw", "weight_decay": 0.1})
    inputs = torch.as_tensor(data.parts["train"].inputs)
    compare(head, data, config, adamw, lambda: mlp(5, hidden=[8]), inputs)


@pytest.mark.parametrize("fused", [True, None])
def test_side_by_side_with_momentum_is_alone(fused, data, config):
    sgd = partial(make_optimizer, settings={"name": "sgd", "weight_decay": 0.05, "momentum": 0.8})
    inputs = torch.as_tensor(data.parts["train"].inputs)
    compare("graph-cosine", data, config, sgd, lambda: mlp(5, hidden=[8]), inputs, fused)


def test_moments_of_batch_norm_are_of_each_member(data, config):
    draw = torch.Generator().manual_seed(3)
    images = torch.randint(0, 256, (80, 1, 12, 12), generator=draw).float()
    sgd = partial(make_optimizer, settings={"name": "sgd", "weight_decay": 0, "momentum": 0})
    compare("linear", data, config, sgd, lambda: small_cnn(1, widths=[4]), images)


def test_members_leave_the_models_they_were_made_of_alone(data, config):
    models = [drawn("graph", data, seed, lambda: mlp(5, hidden=[8])) for seed in (0, 1)]
    before = [copy.deepcopy(model.state_dict()) for model in models]
    sgd = partial(make_optimizer, settings={"name": "sgd", "weight_decay": 0, "momentum": 0})
    members = Ensemble(models, [build_loss(config, data)] * 2, [0.1, 0.1], sgd)
    (batch,) = batches(torch.as_tensor(data.parts["train"].inputs), data, 1, 2)
    members.step(*batch)
    assert len(members) == 2
    for model, state in zip(models, before, strict=True):
        assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    members.copy_to(1, models[1])
    assert any(not torch.equal(value, before[1][name]) for name, value in models[1].state_dict().items())
