import copy
import itertools

import numpy as np
import torch

from gcnlabel.annotations import Annotations
from gcnlabel.config import parse_config
from gcnlabel.graph import LabelGraph
from gcnlabel.run.build import build_model
from gcnlabel.run.data import Part, RunData
from gcnlabel.studies.ablation.fitting import Member, fit
from gcnlabel.tasks import MultiLabel, TaskSet

CONFIG = parse_config(
    {
        "data": {"source": "table", "annotations": "none"},
        "model": {"backbone": {"name": "mlp", "hidden": [6]}, "head": {"name": "graph", "hidden_channels": [5]}},
        "training": {"batch_size": 8, "epochs": 1},
    }
)


def drawn(labels):
    rng, tasks = np.random.default_rng(0), TaskSet([MultiLabel("tags", [f"t{i}" for i in range(labels)])])
    y = rng.integers(0, 2, (30, labels)).astype(float)
    part = Part(Annotations(tasks, {"tags": y}), rng.normal(size=(30, 3)).astype(np.float32))
    data = RunData(tasks, {"train": part, "val": part})
    ring = np.eye(labels) + np.roll(np.eye(labels), 1, axis=1)
    graph = LabelGraph.from_dense(ring, tasks, x=torch.eye(labels))
    torch.manual_seed(0)
    return data, build_model(CONFIG, data, graph)


def test_a_member_alone_trains_as_it_does_beside_others():
    data, model = drawn(4)
    rows = [[Member(copy.deepcopy(model), data, 0.01, 7) for _ in range(count)] for count in (1, 2)]
    for members in rows:
        later = itertools.count()
        fit(CONFIG, members, 6, lambda *given, later=later: next(later))
    alone, beside = (members[0].model.state_dict() for members in rows)
    for name, value in alone.items():
        torch.testing.assert_close(value, beside[name])
    assert not torch.equal(alone["backbone.network.1.0.weight"], model.state_dict()["backbone.network.1.0.weight"])


def test_a_member_alone_may_have_more_labels_than_a_dense_graph():
    data, model = drawn(140)
    before = copy.deepcopy(model.state_dict())
    member = Member(model, data, 0.01, 7)
    fit(CONFIG, [member], 3, lambda *given: 0.0)
    assert member.value == 0
    assert any(not torch.equal(value, before[name]) for name, value in model.state_dict().items())
