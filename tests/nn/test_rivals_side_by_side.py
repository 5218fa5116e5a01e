"""Baselines that train side by side: members of one batched model are what they are when trained alone."""

from functools import partial

import numpy as np
import pytest
import torch
from label_heads import LABELS, TASKS, asymmetric

from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.losses import MultiTaskLoss, make_loss
from gcnlabel.nn import MultiTaskModel, build_head, mlp
from gcnlabel.run.graph import with_adjacency
from gcnlabel.training import Ensemble, make_optimizer

BASELINES = ["output-propagation", "label-query", "sample-graph"]
RATES = [0.01, 0.02, 0.01]
LOSS = MultiTaskLoss({task.name: make_loss(task) for task in TASKS})
ADAMW = partial(make_optimizer, settings={"name": "adamw", "lr": 0.01, "weight_decay": 0.01})


def model(baseline, seed):
    torch.manual_seed(seed)
    graph = with_adjacency(LabelGraph.from_dense(np.eye(LABELS), TASKS), torch.tensor(asymmetric(LABELS, seed)))
    return MultiTaskModel(mlp(5, hidden=(6,), dropout=0.0), build_head(baseline, TASKS, 6, graph)).double()


def batch(step, member):
    draw = torch.Generator().manual_seed(100 * step + member)
    targets = {
        "expression": torch.randint(-1, 3, (8,), generator=draw),
        "affect": torch.rand(8, 2, generator=draw, dtype=torch.float64),
        "tags": torch.randint(0, 2, (8, 3), generator=draw).double(),
    }
    targets["affect"][:3, 0] = torch.nan
    return torch.randn(8, 5, generator=draw, dtype=torch.float64), targets


@pytest.mark.parametrize("baseline", BASELINES)
def test_members_are_what_they_are_alone(baseline):
    stack = Ensemble([model(baseline, m) for m in range(3)], [LOSS] * 3, RATES, ADAMW)
    alone = [model(baseline, m) for m in range(3)]
    optimizers = [ADAMW([{"params": list(a.parameters()), "lr": rate}]) for a, rate in zip(alone, RATES, strict=True)]
    for step in range(4):
        batches = [batch(step, m) for m in range(3)]
        targets = {name: torch.stack([of[name] for _, of in batches]) for name in TASKS.names}
        stack.step(torch.stack([inputs for inputs, _ in batches]), targets)
        for a, optimizer, (inputs, of) in zip(alone, optimizers, batches, strict=True):
            optimizer.zero_grad()
            LOSS(a(inputs), of)[0].backward()
            optimizer.step()
    inputs = batch(9, 9)[0]
    copied = model(baseline, 7)
    for m, a in enumerate(alone):
        stack.copy_to(m, copied)
        for name, scores in a(inputs).items():
            torch.testing.assert_close(stack.scores(inputs)[name][m], scores, rtol=1e-8, atol=1e-8)
            torch.testing.assert_close(copied(inputs)[name], scores, rtol=1e-8, atol=1e-8)


def test_propagation_starts_as_the_linear_head_and_needs_a_graph():
    head = model("output-propagation", 0).head
    assert head.strength.tolist() == [0] * len(TASKS.names)
    with pytest.raises(InputError, match="has no label graph"):
        build_head("output-propagation", TASKS, 6, None)


def test_baselines_have_about_as_many_parameters_as_the_generator():
    of_generator = LABELS * 256 + 256 * 256
    for name in ("label-query", "sample-graph"):
        assert 0.8 < sum(p.numel() for p in build_head(name, TASKS, 256, None).parameters()) / of_generator < 1.25
