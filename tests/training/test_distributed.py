"""Two real processes (gloo) against one with the same global batch: losses, gradients, weights and metrics."""

import csv
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from gcnlabel.config import load_config
from gcnlabel.losses import AsymmetricLoss, BinaryCrossEntropy, CCCLoss, CrossEntropy, MSELoss, MultiTaskLoss
from gcnlabel.run import RunFolder, train
from gcnlabel.training import load_checkpoint

ALONE = {**os.environ, "OMP_NUM_THREADS": "1"}
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ALONE, **options)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def loss():
    return MultiTaskLoss(
        {
            "classes": CrossEntropy(torch.tensor([1.0, 0.2, 0.5])),
            "tags": BinaryCrossEntropy(torch.tensor([[1.0, 1.0], [1.0, 3.0]])),
            "rare": AsymmetricLoss(),
            "affect": CCCLoss(),
            "heat": MSELoss(),
            "one_side": CCCLoss(),
            "nobody": CCCLoss(),
        },
        {"tags": 0.3},
    )


def samples():
    torch.manual_seed(0)
    x = torch.randn(11, 4, dtype=torch.float64)
    targets = {
        "classes": torch.randint(-1, 3, (11,)),
        "tags": (torch.rand(11, 2) < 0.4).double(),
        "rare": (torch.rand(11, 3) < 0.2).double(),
        "affect": torch.randn(11, 2).double(),
        "heat": torch.randn(11, 1).double(),
        "one_side": torch.randn(11, 1).double(),
        "nobody": torch.full((11, 1), torch.nan).double(),
    }
    targets["tags"][2, 0] = targets["heat"][5:] = targets["affect"][3, 1] = torch.nan
    targets["one_side"][1::2] = torch.nan  # the second process has none
    return x, targets


class Heads(nn.Module):
    def __init__(self, targets):
        super().__init__()
        sizes = {name: 3 if name == "classes" else target.shape[1] for name, target in targets.items()}
        self.layers = nn.ModuleDict({name: nn.Linear(4, size) for name, size in sizes.items()})

    def forward(self, x):
        return {name: layer(x) for name, layer in self.layers.items()}


def write_gradients(rank, count, folder):
    """Write the losses and gradients of the samples of a process, as the first of them has them."""
    x, targets = samples()
    model = Heads(targets).double()
    if count > 1:
        store = f"file://{folder}/store"
        torch.distributed.init_process_group("gloo", init_method=store, rank=rank, world_size=count)
    wrapped = DistributedDataParallel(model) if count > 1 else model
    total, parts = loss().double()(wrapped(x[rank::count]), {n: t[rank::count] for n, t in targets.items()})
    total.backward()
    if rank == 0:
        grads = {name: p.grad for name, p in model.named_parameters()}
        losses = {f"loss/{name}": part.detach() for name, part in parts.items()}
        save_file({**grads, **losses, "loss": total.detach()}, folder / f"of {count}")
    if count > 1:
        torch.distributed.destroy_process_group()


def test_losses_and_gradients_are_those_of_one_process(tmp_path):
    context = multiprocessing.get_context("fork")
    ranks = [context.Process(target=write_gradients, args=(rank, 2, tmp_path)) for rank in (0, 1)]
    for process in ranks:
        process.start()
    for process in ranks:
        process.join()
    assert [process.exitcode for process in ranks] == [0, 0]
    write_gradients(0, 1, tmp_path)
    two, one = load_file(tmp_path / "of 2"), load_file(tmp_path / "of 1")
    assert two.keys() == one.keys()
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-10, atol=1e-12, msg=name)
    assert one["loss/one_side"] > 0
    assert one["loss/nobody"] == 0


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Classes and a dimension of 75 rows of features, by a label graph; the last batch is not whole."""
    root = tmp_path_factory.mktemp("distributed")
    rng = np.random.default_rng(0)
    x = rng.standard_normal((75, 6)).astype(np.float32)
    np.save(root / "x.npy", x)
    names = np.array(["sad", "happy", "fear"])[x[:, :3].argmax(1)]
    heat = [f"{value:.3f}" if i % 3 else "" for i, value in enumerate(np.tanh(x[:, 0]))]
    table = {"mood": names, "heat": heat, "split": ["train"] * 43 + ["val"] * 17 + ["test"] * 15}
    pl.DataFrame(table).write_csv(root / "t.csv")
    text = f"""
data: {{source: table, annotations: {root / "t.csv"}, features: {root / "x.npy"}}}
tasks:
  mood: {{type: categorical, classes: [sad, happy, fear]}}
  affect: {{type: dimensional, dims: [heat]}}
graph: {{embeddings: one-hot}}
model: {{backbone: {{name: mlp, hidden: [8]}}, head: {{name: graph, hidden_channels: [8]}}}}
optimizer: {{name: sgd, lr: 0.1}}
training: {{epochs: 3, batch_size: 8}}
"""
    (root / "config.yaml").write_text(text)
    return root / "config.yaml"


def metrics(folder):
    with (folder / "metrics.csv").open() as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def test_a_whole_training_is_that_of_one_process(config, tmp_path):
    whole = load_config(config, ["training.batch_size=16", "training.rare_samples=128"])
    train(whole, RunFolder(tmp_path / "one"), devices=1, progress=False)
    shown = run([sys.executable, "-m", "gcnlabel", "train", config, "--devices", "2", "--output", tmp_path / "two"])
    one, two = metrics(tmp_path / "one"), metrics(tmp_path / "two")
    assert len(one) == len(two) == 3
    for ours, theirs in zip(two, one, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)
    weights = [
        load_checkpoint(tmp_path / name / "checkpoints/last.safetensors")["state_dict"] for name in ("one", "two")
    ]
    for name, value in weights[0].items():
        torch.testing.assert_close(weights[1][name], value, rtol=1e-5, atol=1e-6)
    assert shown.count("mean_class_accuracy") == 1  # one process reports
    predictions = [load_file(tmp_path / name / "predictions.safetensors") for name in ("one", "two")]
    assert len(predictions[1]["scores/mood"]) == 15
    torch.testing.assert_close(predictions[0]["scores/mood"], predictions[1]["scores/mood"], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(predictions[0]["scores/affect"], predictions[1]["scores/affect"], rtol=1e-3, atol=1e-4)
    assert shown.count("calibrated: affect by moments (heat: slope ") == 1


@pytest.mark.slow  # test_weighted_training.py trains so, too
def test_torchrun_starts_it_too(config, tmp_path):
    module = ["-m", "gcnlabel", "train", str(config), "--devices", "2", "--output", str(tmp_path / "run")]
    run([*TORCHRUN, *module, "--set", "training.epochs=1"])
    assert len(metrics(tmp_path / "run")) == 1
    assert (tmp_path / "run" / "evaluation.json").exists()


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="children are found as Linux shows them")
@pytest.mark.parametrize("working", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_process_that_is_killed_is_said_and_resumed(config, tmp_path, working):
    folder = tmp_path / "run"
    epochs = 30 if working else 3
    words = [sys.executable, "-m", "gcnlabel", "train", str(config), "--devices", "2", "--output", str(folder)]
    words += ["--set", f"training.epochs={epochs}"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ALONE)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None and (not children.read_text() or (working and not (folder / "metrics.csv").exists())):
        time.sleep(0.05)
    for child in children.read_text().split():
        os.kill(int(child), signal.SIGKILL)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 2, said
    assert said.count("error: another process of the training ended, most often because memory ran out") == 1
    assert f"gcnlabel train --resume --output {folder}" in said
    assert "Traceback" not in said
    run([*words, "--resume"])
    assert len(metrics(folder)) == epochs
