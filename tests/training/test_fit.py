"""Many models at once: each keeps its own data, rate, order and epoch, whoever stands beside it."""

import copy
import itertools
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
import torch

from gcnlabel.annotations import Annotations
from gcnlabel.config import parse_config
from gcnlabel.data import AUGMENTATIONS, targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.losses import LOSSES, MSELoss
from gcnlabel.metrics.main_metrics import mean_main_metric
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.backbones import mlp, small_cnn
from gcnlabel.run.build import build_head, build_loss, build_model
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.side_by_side import fit_trials, make_trial
from gcnlabel.studies.ablation import LabelBudget
from gcnlabel.tasks import MultiLabel, TaskSet
from gcnlabel.training import Ensemble, Selection, portions, predict, rare_rows
from gcnlabel.units import Units

MAIN = {"metric": "main", "mode": "max"}


def drawn(data, seed, head="linear", width=8):
    torch.manual_seed(seed)
    units = Units.fit(data.parts["train"].annotations)
    return MultiTaskModel(mlp(5, hidden=[width]), build_head(head, data.tasks, width, None), units)


def trials_of(config, datas, rates=(0.01,), **options):
    return [
        make_trial(config, data, drawn(data, seed), rate=rate, seed=seed, **options)
        for seed, data in enumerate(datas)
        for rate in rates
    ]


def with_part(data, name, part):
    return replace(data, parts={**data.parts, name: part})


def changed(config, **sections):
    return config.model_copy(
        update={name: getattr(config, name).model_copy(update=of) for name, of in sections.items()}
    )


def weights(trial):
    return torch.cat([p.detach().flatten() for p in trial.model.parameters()])


def check_equal(one, other):
    assert one.epoch == other.epoch
    assert one.value == pytest.approx(other.value, abs=1e-5)
    torch.testing.assert_close(weights(one), weights(other), rtol=1e-3, atol=1e-4)


def test_the_test_part_is_never_looked_at(config, data):
    """It may be nonsense, or not be there."""
    test = data.parts["test"]
    poisoned = SampleSet(test.annotations.select(np.zeros(3, int)), np.full((3, 5), np.nan, np.float32))
    without = replace(data, parts={name: part for name, part in data.parts.items() if name != "test"})
    found = []
    for given in (data, with_part(data, "test", poisoned), without):
        trials = trials_of(config, [given, given], (0.01, 0.03))
        fit_trials(config, trials)
        found.append(trials)
    for trials in found[1:]:
        for one, other in zip(found[0], trials, strict=True):
            assert one.value == other.value
            assert torch.equal(weights(one), weights(other))


@pytest.mark.parametrize("batch_norm", [False, True])
def test_models_with_more_and_fewer_rare_samples_are_trained_as_alone(batch_norm, config, data):
    """What one model has fewer of bounds nobody, and what fills its batches up counts nowhere."""
    config = changed(config, training={"batch_size": 32})
    few = [*(LabelBudget(task="affect", samples=samples).subsample(data, 0) for samples in (3, 9)), data]
    counts = [len(rare_rows(of.parts["train"].annotations, 32)) for of in few]
    assert 0 == counts[2] < counts[0] < counts[1] < 64
    trials = trials_of(config, few)
    if batch_norm:
        for trial in trials:
            trial.model.backbone.network.append(torch.nn.BatchNorm1d(8))
    lone = [replace(trial, model=copy.deepcopy(trial.model)) for trial in trials]
    fit_trials(config, trials)
    for trial, one in zip(trials, lone, strict=True):
        fit_trials(config, [one])
        check_equal(trial, one)


def test_every_model_has_the_class_weights_of_its_own_samples(config, data):
    weighted = config.model_copy(update={"loss": {"mood": LOSSES.parse({"class_weights": True})}})
    datas = [LabelBudget(0.4).subsample(data, seed) for seed in (0, 1)]
    assert not torch.equal(*(build_loss(weighted, d).losses["mood"].class_weights for d in datas))
    together, lone = trials_of(weighted, datas), trials_of(weighted, datas)
    fit_trials(weighted, together)
    for one, other in zip(together, lone, strict=True):
        fit_trials(weighted, [other])
        check_equal(one, other)


def test_a_model_that_diverges_has_no_epoch_and_does_not_harm_the_others(config, data):
    part = data.parts["train"]
    broken = with_part(data, "train", SampleSet(part.annotations, np.full_like(part.inputs, np.nan)))
    trials = trials_of(config, [data, broken])
    before = weights(trials[1])
    fit_trials(config, trials)
    assert (trials[1].value, trials[1].epoch) == (-np.inf, 0)
    assert torch.equal(weights(trials[1]), before)
    assert np.isfinite(trials[0].value)


def test_scores_come_in_portions_that_fit_together(config, data, monkeypatch):
    model = drawn(data, 0).eval()
    inputs = data.parts["val"].inputs
    whole = model(torch.as_tensor(inputs))
    monkeypatch.setitem(import_module("gcnlabel.training.predict").ROWS, 2, 7)
    assert [len(portion) for portion in portions(inputs)] == [7, 7, 7, 7, 7, 5]
    model.train()
    model.head.eval()  # a part of one's own mode
    modes = [part.training for part in model.modules()]
    for name, found in predict(model, portions(inputs)).items():
        torch.testing.assert_close(found, whole[name].detach(), atol=1e-6, rtol=1e-6)
    assert [part.training for part in model.modules()] == modes


def test_models_of_several_kinds_train_side_by_side_as_by_themselves(config, data):
    """Different base models on the same data: each kind is an ensemble of its own, and has its held-out scores."""

    def made():
        kinds = {"linear": ("linear", 8), "cosine": ("cosine", 8), "wide": ("linear", 12)}
        return [
            make_trial(config, data, drawn(data, seed, *kinds[kind]), seed=seed, kind=kind)
            for seed, kind in itertools.product((0, 1), kinds)
        ]

    together, alone = made(), made()
    fit_trials(config, together)
    select = Selection(**config.select.model_dump())
    for one, other in zip(together, alone, strict=True):
        fit_trials(config, [other])
        check_equal(one, other)
        scores = predict(one.model, portions(one.held_out.inputs))
        assert select.value(one.loss, data.tasks, scores, targets(data, "val")) == pytest.approx(one.value, abs=1e-5)


def targets(data, part):
    return targets_to_tensors(data.parts[part].annotations)


def test_kinds_of_one_fit_are_as_many_ensembles(config, data, monkeypatch):
    sizes, made = [], Ensemble.__init__
    monkeypatch.setattr(
        Ensemble, "__init__", lambda self, models, *rest: sizes.append(len(models)) or made(self, models, *rest)
    )
    monkeypatch.setattr(import_module("gcnlabel.training.trial"), "MAX_AT_ONCE", 3)
    trials = [*trials_of(config, [data] * 4, kind="a"), *trials_of(config, [data] * 2, kind="b")]
    few = LabelBudget(0.5).subsample(data, 0)
    fit_trials(changed(config, training={"epochs": 1}), [*trials, *trials_of(config, [few], kind="b")])
    assert sizes == [3, 1, 2, 1]


@pytest.mark.parametrize("patience", [1, 2])
def test_each_model_stops_for_itself(config, data, patience, monkeypatch):
    """The value of one model rises again after the patience of the other, which must not come back."""
    curves = {0: [1.0, 2.0, 1.0, 1.0, 5.0, 1.0], 1: [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
    trials = trials_of(config, [data, data])
    places = {id(trial.loss): curves[trial.seed] for trial in trials}
    looked = []

    def value(self, loss, *rest):
        looked.append(loss)
        return places[id(loss)][sum(one is loss for one in looked) - 1]

    monkeypatch.setattr(Selection, "value", value)
    uncalibrated = config.model_copy(update={"calibrate": "none"})  # calibrated, it would be looked at again
    fit_trials(changed(uncalibrated, training={"epochs": 6, "patience": patience}), trials)
    assert [(trial.epoch, trial.value) for trial in trials] == [(2, 2.0), (6, 6.0)]
    assert sum(one is trials[0].loss for one in looked) == 2 + patience


def test_all_that_have_stopped_end_the_training(config, data, monkeypatch):
    steps, step = [], Ensemble.step
    monkeypatch.setattr(Ensemble, "step", lambda self, *given, **how: steps.append(1) or step(self, *given, **how))
    monkeypatch.setattr(Selection, "value", lambda *given: 1.0)
    fit_trials(changed(config, training={"epochs": 9, "patience": 2}), trials_of(config, [data, data]))
    assert len(steps) == 3 * 5  # 80 samples in batches of 16


def test_models_share_what_they_have_in_common_whatever_their_order(config, data):
    datas = [LabelBudget(0.5).subsample(data, seed) for seed in range(2)]
    trials = trials_of(changed(config, select=MAIN), datas, (0.003, 0.3))
    turned = trials_of(changed(config, select=MAIN), datas, (0.003, 0.3))
    fit_trials(changed(config, select=MAIN), trials)
    fit_trials(changed(config, select=MAIN), turned[::-1])
    for one, other in zip(trials, turned, strict=True):
        check_equal(one, other)
    for trial in trials:
        scores = predict(trial.model, portions(trial.held_out.inputs))
        assert trial.value == pytest.approx(mean_main_metric(data.tasks, scores, targets(data, "val")), abs=1e-5)


CONFIG = parse_config(
    {
        "data": {"source": "table", "annotations": "none"},
        "model": {"backbone": {"name": "mlp", "hidden": [6]}, "head": {"name": "graph", "hidden_channels": [5]}},
        "training": {"batch_size": 8, "epochs": 1},
    }
)


def ring(labels):
    rng, tasks = np.random.default_rng(0), TaskSet([MultiLabel("tags", [f"t{i}" for i in range(labels)])])
    y = rng.integers(0, 2, (30, labels)).astype(float)
    part = SampleSet(Annotations(tasks, {"tags": y}), rng.normal(size=(30, 3)).astype(np.float32))
    data = RunData(tasks, {"train": part, "val": part})
    graph = LabelGraph.from_dense(np.eye(labels) + np.roll(np.eye(labels), 1, axis=1), tasks, x=torch.eye(labels))
    torch.manual_seed(0)
    return data, build_model(CONFIG, data, graph)


def test_a_model_alone_may_have_more_labels_than_a_dense_graph():
    data, model = ring(140)
    trial = make_trial(CONFIG, data, model)
    before = weights(trial).clone()
    fit_trials(CONFIG, [trial])
    assert trial.epoch == 1
    assert not torch.equal(weights(trial), before)


def test_images_are_augmented_as_the_config_says(config, data, monkeypatch):
    seen = []
    AUGMENTATIONS.names()
    noting = lambda rows: seen.append(torch.rand(1).item()) or rows  # noqa: E731
    monkeypatch.setitem(AUGMENTATIONS._parts, "flip", lambda **options: noting)
    rng = np.random.default_rng(0)
    parts = {
        name: SampleSet(part.annotations, rng.normal(size=(len(part.inputs), 1, 8, 8)).astype(np.float32))
        for name, part in data.parts.items()
    }
    images = replace(data, parts=parts)
    torch.manual_seed(0)
    backbone = small_cnn(1, widths=[2])
    model = MultiTaskModel(backbone, build_head("linear", data.tasks, backbone.out_features, None))
    flipped = changed(config, training={"epochs": 2, "augment": "flip"})
    fit_trials(flipped, [make_trial(flipped, images, model)])
    assert len(set(seen)) == len(seen) == 2 * 5


class LearnedScale(MSELoss):
    """A loss of one's own that learns."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.zeros(()))


def learned_scale(task):
    return LearnedScale()


def test_a_loss_that_learns_is_refused(config, data):
    (task,) = [task.name for task in data.tasks if not task.discrete][:1]
    loss = {task: {"name": f"{__name__}:learned_scale"}}
    config = parse_config({**config.model_dump(), "loss": loss})
    with pytest.raises(InputError, match="a loss with learned parameters"):
        make_trial(config, data, drawn(data, 0))
