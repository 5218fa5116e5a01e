"""Dimensions far from 0, or with a declared range, from the command line: a year, a rating, a small number."""

import json

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.prediction import load_network
from gcnlabel.run import RunFolder

pytestmark = pytest.mark.filterwarnings("ignore")  # Lightning's
HEADS = ("linear", "cosine", "default", "graph", "residual", "{name: cosine, of: graph}", "label-query", "sample-graph")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root, rng = tmp_path_factory.mktemp("films"), np.random.default_rng(0)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    np.save(root / "x.npy", x)
    table = {
        "year": 1988 + 15 * (0.9 * x[:, 0] + 0.4 * rng.normal(size=400)),
        "rating": np.clip(3.2 + 0.57 * (0.9 * x[:, 1] + 0.4 * rng.normal(size=400)), 1, 5),
        "share": 0.002 + 1e-4 * (0.9 * x[:, 2] + 0.4 * rng.normal(size=400)),
        "old": (x[:, 0] < 0).astype(int),
        "good": (x[:, 1] > 0).astype(int),
        "split": ["train"] * 240 + ["val"] * 80 + ["test"] * 80,
    }
    pl.DataFrame(table).write_csv(root / "t.csv")
    (root / "config.yaml").write_text(f"""
data: {{source: table, annotations: {root / "t.csv"}, features: {root / "x.npy"}}}
tasks:
  tags: {{type: multilabel, labels: [old, good]}}
  film: {{type: dimensional, dims: [year]}}
  opinion: {{type: dimensional, dims: [rating], range: [1, 5]}}
  small: {{type: dimensional, dims: [share]}}
graph: {{convention: signed-weighted, embeddings: one-hot}}
model: {{backbone: {{name: mlp, hidden: [32], dropout: 0.0}}, head: {{name: linear}}}}
loss: {{film: {{weight: 1}}, opinion: {{weight: 1}}, small: {{weight: 1}}}}
optimizer: {{name: adamw, lr: 0.01}}
training: {{epochs: 12, batch_size: 32, rare_samples: 0}}
""")
    return root


def trained(place, folder, *options):
    line = ["train", str(place / "config.yaml"), "--output", str(folder), "--devices", "1"]
    done = CliRunner().invoke(main, [*line, *(part for option in options for part in ("--set", option))])
    assert done.exit_code == 0, done.output
    return json.loads((folder / "evaluation.json").read_text())["tasks"]


@pytest.mark.parametrize("loss", ["ccc", "mse"])
def test_a_year_a_rating_and_a_small_share_are_learned_alike(place, tmp_path, loss):
    named = [f"loss.{task}.name={loss}" for task in ("film", "opinion", "small")]
    found = trained(place, tmp_path / "run", *named)
    for task, dim, sd in (("film", "year", 15), ("opinion", "rating", 0.57), ("small", "share", 1e-4)):
        assert found[task][f"{dim}/ccc"] > 0.75, found
        assert found[task][f"{dim}/rmse"] < 0.75 * sd
        assert f"{dim}/sagr" not in found[task]


@pytest.mark.parametrize("head", HEADS)
def test_every_head_predicts_years_where_and_as_wide_as_years_lie(place, tmp_path, head):
    """With the default weights: the losses of dimensions are a tenth of those of tags that a line divides."""
    found = trained(place, tmp_path / "run", f"model.head={head}", "optimizer.lr=0.003")
    for task, dim, sd in (("film", "year", 15), ("opinion", "rating", 0.57), ("small", "share", 1e-4)):
        assert found[task][f"{dim}/ccc"] > 0.8
        assert found[task][f"{dim}/ccc"] > found[task][f"{dim}/pearson"] - 0.05
        assert found[task][f"{dim}/rmse"] < 0.6 * sd


def test_as_annotated_a_year_is_not_learned(place, tmp_path):
    """What the option turns off, and the papers' presets do without."""
    found = trained(place, tmp_path / "run", "standardize_targets=false", "calibrate=none", "training.epochs=4")
    assert found["film"]["year/rmse"] > 1000


@pytest.mark.parametrize("epochs", [1, 3])
def test_no_prediction_leaves_the_declared_range(place, tmp_path, epochs):
    trained(place, tmp_path / "run", f"training.epochs={epochs}", "optimizer.lr=0.1")
    network, inputs = load_network(RunFolder(tmp_path / "run")), 30 * torch.randn(200, 6)
    with torch.no_grad():
        found = network.model(inputs)
        free = network.model.train()(inputs)["opinion"]
    assert ((free < 1) | (free > 5)).float().mean() > 0.2  # or the test would show nothing
    assert found["opinion"].min() == 1
    assert found["opinion"].max() == 5
