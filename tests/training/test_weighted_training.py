"""Runs whose weights of tasks change while they train."""

import csv
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.losses import MSELoss, MultiTaskLoss, UncertaintyWeighting
from gcnlabel.nn import Backbone, LinearHead, MultiTaskModel
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.run import steps as steps_module
from gcnlabel.run.data import load_data
from gcnlabel.studies.ablation import Budget, LabelBudget, ablate
from gcnlabel.studies.zero_shot import evaluate_zero_shot
from gcnlabel.tasks import Dimensional, TaskSet
from gcnlabel.training import MultiTaskModule, load_checkpoint, make_optimizer

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[2]
SCHEME = '''
import torch
from torch import nn

class Trend(nn.Module):
    """Learns one weight, and remembers the losses: a bit of everything that must come back with --resume."""
    def __init__(self, tasks):
        super().__init__()
        self.tilt = nn.Parameter(torch.zeros(()))
        self.register_buffer("level", torch.ones(len(tasks)))
        self.tasks = tasks

    def forward(self, losses):
        at = {name: self.tasks.index(name) for name in losses}
        if self.training:
            for name, loss in losses.items():
                self.level[at[name]] = 0.9 * self.level[at[name]] + 0.1 * loss.detach()
        return {name: torch.sigmoid(self.tilt if at[name] else -self.tilt) / self.level[at[name]] for name in losses}
'''


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Moods and two dimensions of 75 rows of features; "heat" is rarely, "cold" never annotated."""
    root = tmp_path_factory.mktemp("weighted")
    rng = np.random.default_rng(0)
    x = rng.standard_normal((75, 6)).astype(np.float32)
    np.save(root / "x.npy", x)
    moods = np.array(["sad", "happy", "fear"])[x[:, :3].argmax(1)]
    heat = [f"{value:.3f}" if i % 7 < 2 else "" for i, value in enumerate(np.tanh(x[:, 0]))]
    split = ["train"] * 43 + ["val"] * 17 + ["test"] * 15
    pl.DataFrame({"mood": moods, "heat": heat, "cold": [""] * 75, "split": split}).write_csv(root / "t.csv")
    (root / "config.yaml").write_text(f"""
data: {{source: table, annotations: {root / "t.csv"}, features: {root / "x.npy"}}}
tasks:
  mood: {{type: categorical, classes: [sad, happy, fear]}}
  affect: {{type: dimensional, dims: [heat]}}
  unknown: {{type: dimensional, dims: [cold]}}
loss: {{affect: {{name: mse, weight: 1}}, unknown: {{name: mse, weight: 1}}}}
model: {{backbone: {{name: mlp, hidden: [8]}}, head: {{name: linear}}}}
optimizer: {{name: adamw, lr: 0.05, weight_decay: 0.5}}
training: {{epochs: 3, batch_size: 8}}
select: {{metric: mood/accuracy, mode: max}}
""")
    (root / "trend_scheme.py").write_text(SCHEME)
    return root


@pytest.fixture
def importable(place, monkeypatch):
    monkeypatch.syspath_prepend(place)
    yield
    sys.modules.pop("trend_scheme", None)


def run_of(place, folder, *changes):
    folder = RunFolder(folder)
    train(load_config(place / "config.yaml", changes), folder, progress=False, devices=1)
    return folder


def rows(folder):
    with folder.metrics.open() as file:
        return list(csv.DictReader(file))


def learned(folder):
    state = load_checkpoint(folder.last)["state_dict"]
    return {name: value for name, value in state.items() if name.startswith("loss.weighting.")}


def test_the_command_trains_shows_and_keeps_the_weights(place, tmp_path):
    line = ["train", str(place / "config.yaml"), "--set", "weighting=uncertainty", "--output", str(tmp_path / "run")]
    done = CliRunner().invoke(main, [*line, "--devices", "1"])
    assert done.exit_code == 0, done.output
    folder = RunFolder(tmp_path / "run")
    assert folder.load_config().weighting.name == "uncertainty"
    first, *_, last = rows(folder)
    assert 0.8 < float(first["train/mood/weight"]) < 1.2
    assert 0.4 < float(first["train/affect/weight"]) < 0.7
    assert first["train/affect/weight"] != last["train/affect/weight"]
    assert "train/unknown/weight" not in last
    s = learned(folder)
    assert set(s) == {f"loss.weighting.log_variances.{name}" for name in ("mood", "affect", "unknown")}
    assert s["loss.weighting.log_variances.unknown"].item() == 0
    assert s["loss.weighting.log_variances.affect"].item() < -0.1  # its loss is far below 1


def test_fixed_weights_are_no_column(place, tmp_path):
    folder = run_of(place, tmp_path / "run")
    assert not [name for name in rows(folder)[0] if name.endswith("/weight")]
    assert learned(folder) == {}
    assert len(load_checkpoint(folder.last)["optimizer_states"][0]["param_groups"]) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("weighting=uncertanty", "did you mean 'uncertainty'?"),
        ("weighting=nowhere:scheme", "'nowhere:scheme' cannot be imported"),
        ("weighting=3", "weighting: no name of a weighting"),
    ],
)
def test_the_command_names_what_is_wrong(place, tmp_path, line, message):
    done = CliRunner().invoke(
        main, ["train", str(place / "config.yaml"), "--set", line, "--output", str(tmp_path / "run")]
    )
    assert done.exit_code == 2
    assert message in done.output
    assert not (tmp_path / "run").exists()


class Stop(Exception):  # noqa: N818
    pass


def stop_in_second_epoch(monkeypatch):
    make = steps_module.make_trainer

    class Killer(steps_module.L.Callback):
        def on_train_epoch_start(self, trainer, pl_module):
            if trainer.current_epoch == 1:
                raise Stop

    def with_killer(*args, **options):
        trainer = make(*args, **options)
        trainer.callbacks.append(Killer())
        return trainer

    monkeypatch.setattr(steps_module, "make_trainer", with_killer)


@pytest.mark.parametrize("weighting", ["uncertainty", "trend_scheme:Trend"])
def test_a_resumed_run_equals_one_that_never_stopped(place, importable, tmp_path, monkeypatch, weighting):
    whole = run_of(place, tmp_path / "whole", f"weighting={weighting}")
    with monkeypatch.context() as patch, pytest.raises(Stop):
        stop_in_second_epoch(patch)
        run_of(place, tmp_path / "stopped", f"weighting={weighting}")
    stopped = RunFolder(tmp_path / "stopped", trust=True)
    resume(stopped, progress=False, devices=1)
    ours, theirs = load_checkpoint(whole.last), load_checkpoint(stopped.last)
    assert learned(whole)
    assert all(torch.equal(value, theirs["state_dict"][name]) for name, value in ours["state_dict"].items())
    for key, state in ours["optimizer_states"][0]["state"].items():
        other = theirs["optimizer_states"][0]["state"][key]
        assert all(torch.equal(torch.as_tensor(value), torch.as_tensor(other[name])) for name, value in state.items())
    assert stopped.metrics.read_text() == whole.metrics.read_text()
    assert stopped.read_evaluation() == whole.read_evaluation()


def test_a_finished_run_needs_its_scheme_no_longer(place, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.syspath_prepend(place)
        folder = run_of(place, tmp_path / "run", "weighting=trend_scheme:Trend")
        sys.modules.pop("trend_scheme")
    before = folder.read_evaluation()
    assert evaluate(folder) == before
    assert load_network(folder).tasks.names == ("mood", "affect", "unknown")
    with pytest.raises(InputError, match="cannot be imported"):
        resume(folder, progress=False)


def module_of(name="adamw", weight_decay=0.5):
    tasks = TaskSet([Dimensional("a", ["x"]), Dimensional("b", ["y"])])
    losses = {task.name: MSELoss() for task in tasks}
    model = MultiTaskModel(Backbone(torch.nn.Identity(), 3), LinearHead(tasks, 3))
    settings = {"name": name, "lr": 0.1, "weight_decay": weight_decay}
    module = MultiTaskModule(
        model,
        MultiTaskLoss(losses, weighting=UncertaintyWeighting(losses)),
        lambda groups: make_optimizer(groups, settings),
    )

    class Trainer:
        estimated_stepping_batches, max_epochs = 4, 2

    module._trainer = Trainer()
    return module, module.configure_optimizers()["optimizer"]


def step(module, optimizer, **targets):
    optimizer.zero_grad()
    x = torch.ones(2, 3)
    total, _ = module.loss(module(x), {name: torch.full((2, 1), value) for name, value in targets.items()})
    total.backward()
    module.on_before_optimizer_step(optimizer)
    optimizer.step()
    return {name: s.item() for name, s in module.loss.weighting.log_variances.items()}


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_batches_without_a_task_keep_its_log_variance(name):
    """Neither decay nor the momentum of earlier batches moves it."""
    module, optimizer = module_of(name)
    before = step(module, optimizer, a=3.0, b=2.0)
    assert min(map(abs, before.values())) > 0.01
    after = step(module, optimizer, a=3.0, b=math.nan)
    assert after["b"] == before["b"]
    assert after["a"] != before["a"]


def test_log_variances_do_not_decay_and_vectors_do():
    module, optimizer = module_of()
    decays = {id(p): group["weight_decay"] for group in optimizer.param_groups for p in group["params"]}
    assert {decays[id(p)] for p in module.loss.parameters()} == {0.0}
    assert {decays[id(p)] for p in module.model.parameters()} == {0.5}
    assert len(decays) == len(list(module.parameters()))


TWO = """
import sys
from pathlib import Path
from gcnlabel.config import load_config
from gcnlabel.run import RunFolder, train

place, output, *weightings = sys.argv[1:]
for weighting in weightings:
    changes = [f"weighting={weighting}", "optimizer={name: sgd, lr: 0.1}", "training.batch_size=8"]
    config = load_config(Path(place) / "config.yaml", changes)
    train(config, RunFolder(Path(output) / weighting), devices=2, progress=False)
"""


def test_two_processes_learn_the_weights_of_one(place, importable, tmp_path):
    (tmp_path / "two.py").write_text(TWO)
    weightings = ["uncertainty", "trend_scheme:Trend"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*torchrun, tmp_path / "two.py", place, tmp_path, *weightings],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(place), str(ROOT)])},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for weighting in weightings:
        two = RunFolder(tmp_path / weighting)
        changes = [f"weighting={weighting}", "optimizer={name: sgd, lr: 0.1}", "training.batch_size=16"]
        changes += ["training.rare_samples=128"]
        one = run_of(place, tmp_path / "one" / weighting, *changes)
        for ours, theirs in zip(rows(two), rows(one), strict=True):
            found, expected = ({name: float(value) for name, value in row.items()} for row in (ours, theirs))
            assert found == pytest.approx(expected, abs=1e-5)
        for name, value in learned(one).items():
            torch.testing.assert_close(learned(two)[name], value, rtol=1e-5, atol=1e-6)
        assert any(value.abs().max() > 0.01 for value in learned(one).values())


def test_what_is_compared_is_trained_with_fixed_weights(place):
    config = load_config(place / "config.yaml", ["weighting=uncertainty"])
    with pytest.raises(InputError, match="weighting: 'uncertainty'\n  expected: fixed: compared models are trained"):
        ablate(config, load_data(config), [LabelBudget(1.0)], Budget([0]))
    config = load_config(place / "config.yaml", ["weighting=uncertainty", "model.head.name=graph"])
    with pytest.raises(InputError, match="--set weighting=fixed"):
        evaluate_zero_shot(config, "all")
