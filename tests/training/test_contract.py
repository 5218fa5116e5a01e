"""Two engines, one recipe: by one plan, Lightning and the ensemble give the same losses, weights, epochs and scores."""

import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import lightning as L
import numpy as np
import pytest
import torch

from gcnlabel.annotations import Annotations
from gcnlabel.data import ArrayDataset, targets_to_tensors
from gcnlabel.losses import CrossEntropy, MultiTaskLoss, make_loss
from gcnlabel.nn import HEADS, MultiTaskModel, build_head, mlp
from gcnlabel.nn.backbones import small_cnn
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet
from gcnlabel.training import (
    BatchPlan,
    Ensemble,
    MultiTaskDataModule,
    MultiTaskModule,
    Selection,
    Steps,
    Trial,
    fit,
    load_checkpoint,
    make_optimizer,
    make_trainer,
    portions,
    predict,
    rare_rows,
)
from gcnlabel.training.schedules import SCHEDULES
from gcnlabel.units import Units

pytestmark = pytest.mark.filterwarnings("ignore")

TASKS = TaskSet(
    [Categorical("mood", ["x", "y", "z"]), MultiLabel("tags", ["a", "b", "c"]), Dimensional("year", ["r", "s"])]
)
PLAN = BatchPlan(epochs=5, batch_size=8, seed=3, rare_samples=3)
SGD = {"name": "sgd", "weight_decay": 0.02, "momentum": 0.8}
ADAMW = {"name": "adamw", "weight_decay": 0.05}
ENSEMBLE = {"name": "ensemble", "of": {"linear": "linear", "cosine": "cosine"}}
WEIGHTS = {"mood": 0.7, "year": 2.0}


@dataclass
class Samples:
    inputs: Any
    annotations: Annotations


def drawn(count, seed, images):
    """Samples of which half have a class and few a second dimension."""
    rng = np.random.default_rng(seed)
    inputs = rng.integers(0, 256, (count, 1, 8, 8)).astype(np.float64) if images else rng.normal(size=(count, 4))
    cause = inputs.reshape(count, -1)[:, :4] @ rng.normal(size=(4, 8)) / (100 if images else 1)
    mood = np.where(rng.random(count) < 0.5, cause[:, :3].argmax(1), -1)
    tags = (cause[:, 3:6] > 0).astype(float)
    tags[rng.random(tags.shape) < 0.2] = np.nan
    year = 1988 + 15 * cause[:, 6:]
    year[6:, 1] = np.nan
    return Samples(inputs, Annotations(TASKS, {"mood": mood, "tags": tags, "year": year}))


def model_and_loss(train, images, head="linear", **losses):
    torch.manual_seed(5)
    backbone = small_cnn(1, widths=[4]) if images else mlp(4, hidden=(6,), dropout=0.0)
    units = Units.fit(train.annotations)
    of = {task.name: make_loss(task, losses.get(task.name, "default")) for task in TASKS}
    of["mood"] = CrossEntropy(torch.tensor([0.2, 1.0, 0.5]))
    made = build_head(HEADS.parse(head), TASKS, backbone.out_features, None)
    model = MultiTaskModel(backbone, made, units)
    return model.double(), MultiTaskLoss(of, WEIGHTS, units=units).double()


class Losses(L.Callback):
    def __init__(self):
        self.found = []

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        self.found.append(outputs["loss"].item() * trainer.accumulate_grad_batches)  # its share of a step


def by_lightning(tmp_path, model, loss, train, val, plan, selection, optimizer, schedule, steps):
    """Return the losses of all batches, the selected epoch, its weights, and the value that selected it."""
    sets = {
        name: ArrayDataset(p.inputs, targets_to_tensors(p.annotations)) for name, p in (("train", train), ("val", val))
    }
    rare = partial(rare_rows, train.annotations)
    loaders = MultiTaskDataModule(sets, plan, rare=rare, selection_split=selection.split)
    module = MultiTaskModule(model, loss, optimizer, schedule)
    losses = Losses()
    trainer = make_trainer(tmp_path, plan, selection, precision="64-true", progress=False, steps=steps)
    trainer.callbacks.append(losses)
    trainer.fit(module, loaders)
    best = load_checkpoint(tmp_path / "checkpoints/best.safetensors")
    state = {name.removeprefix("model."): v for name, v in best["state_dict"].items() if name.startswith("model.")}
    value = float(trainer.checkpoint_callbacks[0].best_model_score)
    return losses.found, best["epoch"] + 1, state, value, trainer.current_epoch


def by_ensemble(monkeypatch, trials, steps, *recipe):
    """Return the losses of all batches, a row a trial."""
    losses, step = [], Ensemble.step

    def kept(self, *given, **options):
        losses.append(step(self, *given, **options))
        return losses[-1]

    monkeypatch.setattr(Ensemble, "step", kept)
    fit(trials, *recipe, steps=steps)
    return torch.stack(losses).T


CASES = {
    "features": {},
    "images with batch norm": {"images": True},
    "adamw, constant rate": {"optimizer": ADAMW, "schedule": "constant"},
    "falls in steps": {"schedule": {"name": "step", "epochs": 2, "factor": 0.3}},
    "no rare labels": {"plan": {"rare_samples": 0}},
    "one sample left": {"plan": {"batch_size": 13}},  # 40 samples
    "few steps filled up": {"plan": {"min_steps": 63}},
    "fewer steps": {"plan": {"max_steps": 12}},
    "batches of all": {"plan": {"batch_size": 64}},
    "by a metric": {"selection": ("tags/mAP", "max")},
    "by the mean of main metrics": {"selection": ("main", "max")},
    "stops early": {"selection": ("loss", "min"), "plan": {"patience": 1}, "lr": 0.4, "stops": True},
    "sides of their own": {"optimizer": {**ADAMW, "backbone": {"lr": 0.006, "weight_decay": 0.2}}},
    "warms up": {"schedule": {"name": "warm-up", "epochs": 1.5, "then": "one-cycle"}},
    "clipped": {"steps": Steps(clip=0.3)},
    "several batches a step": {"optimizer": ADAMW, "steps": Steps(clip=1.0, accumulate=3)},
    "other losses": {"losses": {"tags": "asymmetric", "year": "mse"}},
    "an ensemble behind one backbone": {"head": ENSEMBLE},
    "batch norm that is in evaluation mode": {"images": True, "still": torch.nn.BatchNorm2d},
}


@pytest.mark.parametrize("case", CASES)
def test_both_engines_train_the_same_model(case, tmp_path, monkeypatch):
    asked = {
        "images": False,
        "lr": 0.02,
        "optimizer": SGD,
        "schedule": "cosine",
        "steps": Steps(),
        "selection": ("loss", "min"),
    }
    asked |= CASES[case]
    images = asked["images"]
    train, val = drawn(40, 0, images), drawn(31, 1, images)
    plan, selection = replace(PLAN, **asked.get("plan", {})), Selection(*asked["selection"])
    optimizer = partial(make_optimizer, settings={"lr": asked["lr"], **asked["optimizer"]})
    schedule = SCHEDULES.make(asked["schedule"], plan.epochs)
    model, loss = model_and_loss(train, images, asked.get("head", "linear"), **asked.get("losses", {}))
    still = [part for part in model.modules() if isinstance(part, asked.get("still", ()))]
    for part in still:
        part.eval()
    before = [part.running_mean.clone() for part in still]
    trials = [
        Trial(copy.deepcopy(model), copy.deepcopy(loss), train, val, rate, seed)
        for rate, seed in ((asked["lr"], PLAN.seed), (0.01, 8))
    ]
    found = by_ensemble(monkeypatch, trials, asked["steps"], plan, selection, optimizer, schedule)
    losses, epoch, state, value, epochs = by_lightning(
        tmp_path, model, loss, train, val, plan, selection, optimizer, schedule, asked["steps"]
    )
    trial, ours = trials[0], found[0, : len(losses)]  # where each is trained alone, the first comes first
    torch.testing.assert_close(ours, torch.tensor(losses, dtype=torch.float64), rtol=1e-6, atol=1e-6)
    assert (trial.epoch, epochs < plan.epochs) == (epoch, asked.get("stops", False))
    assert abs(trial.value) == pytest.approx(abs(value), rel=1e-6)
    for name, wanted in state.items():
        torch.testing.assert_close(trial.model.state_dict()[name], wanted, rtol=1e-6, atol=1e-6, msg=name)
    for part, mean in zip(still, before, strict=True):
        torch.testing.assert_close(part.running_mean, mean)
    model.load_state_dict(state)
    scores = predict(trial.model, portions(val.inputs))
    for name, wanted in predict(model, portions(val.inputs)).items():
        torch.testing.assert_close(scores[name], wanted, rtol=1e-6, atol=1e-6)
