import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.run.build import build_loss, build_model
from gcnlabel.run.graph import finished_graph
from gcnlabel.run.loaders import batch_plan
from gcnlabel.studies.zero_shot import without_label
from gcnlabel.studies.zero_shot.edges import complete, other_statistics, restricted
from gcnlabel.studies.zero_shot.training import check_trainable, trained
from gcnlabel.training import rare_rows

pytestmark = pytest.mark.filterwarnings("ignore")


def drawn(config, data, label, seed):
    left = without_label(data, label)
    torch.manual_seed(seed)
    graph = finished_graph(config, restricted(other_statistics("val", config, data), left.tasks))
    return left, build_model(config, left, complete(graph))


def alone(config, data, model, order):
    """One model in a plain loop, with the epoch of the lowest val loss."""
    loss = build_loss(config, data)
    inputs, targets = torch.as_tensor(data.parts["train"].inputs), targets_to_tensors(data.parts["train"].annotations)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    best, steps = (np.inf, None), -(-len(inputs) // 32)
    batches = replace(batch_plan(config), seed=order).batches(
        len(inputs), rare_rows(data.parts["train"].annotations, 32)
    )
    for epoch in range(4):
        model.train()
        for i, rows in enumerate(batches.rows(epoch)):
            for group in optimizer.param_groups:
                group["lr"] = 0.01 * (1 + np.cos(np.pi * (epoch + i / steps) / 4)) / 2
            optimizer.zero_grad()
            loss(model(inputs[rows]), {name: target[rows] for name, target in targets.items()})[0].backward()
            optimizer.step()
        with torch.no_grad():
            part = data.parts["val"]
            value = float(loss(model.eval()(torch.as_tensor(part.inputs)), targets_to_tensors(part.annotations))[0])
        if value < best[0]:
            best = (value, copy.deepcopy(model))
    return best[1]


def test_models_side_by_side_are_models_alone(config, data):
    config = config.model_copy(update={"calibrate": "none"})  # what follows training is tested with whole runs
    pairs = [drawn(config, data, label, seed) for label, seed in (("a", 0), ("d", 1))]
    wanted = [alone(config, left, copy.deepcopy(model), 5) for left, model in pairs]
    found = trained(config, [left for left, _ in pairs], [model for _, model in pairs], 5)
    inputs = torch.as_tensor(data.parts["test"].inputs)
    for one, other in zip(found, wanted, strict=True):
        for name, scores in other(inputs).items():
            torch.testing.assert_close(one(inputs)[name], scores, rtol=1e-3, atol=1e-3)


def test_the_epoch_is_selected_by_any_metric(config, data):
    select = config.select.model_copy(update={"metric": "tags/mAP", "mode": "max"})
    left, model = drawn(config, data, "a", 0)
    (found,) = trained(config.model_copy(update={"select": select}), [left], [model], 5)
    assert not found.training


def test_images_and_very_many_labels_are_refused(data):
    from gcnlabel.run.data import SampleSet
    from gcnlabel.tasks import MultiLabel, TaskSet

    train = data.parts["train"]
    images = SampleSet(train.annotations, np.zeros((len(train.inputs), 1, 2, 2), np.uint8))
    with pytest.raises(InputError, match="the inputs are images"):
        check_trainable(replace(data, parts={"train": images}))
    many = TaskSet([MultiLabel("tags", tuple(map(str, range(200))))])
    with pytest.raises(InputError, match=r"200 labels\n  expected: at most 128"):
        check_trainable(replace(data, tasks=many))
