"""How features are scaled where the config says nothing: by the data, which is said."""

import numpy as np
import polars as pl
import pytest

from gcnlabel.config import load_config
from gcnlabel.run import RunFolder, evaluate, train
from gcnlabel.run.loading import load_model

pytestmark = pytest.mark.filterwarnings("ignore")
CONFIG = """
tasks: {{families: {{type: multilabel, labels: [{labels}]}}}}
data: {{source: table, annotations: {folder}/labels.csv, features: {folder}/x.npy}}
model: {{backbone: identity, head: linear}}
optimizer: {{name: adamw, lr: 0.01}}
training: {{epochs: 12, batch_size: 32}}
"""


def written(folder, kind):
    """Write weights of words, most of them 0, or the same causes as dense features of odd units."""
    rng = np.random.default_rng(0)
    has = rng.random((500, 12)) < 0.12
    if kind == "sparse":
        x = np.concatenate([has[:, rng.permutation(12)], rng.random((500, 700)) < 0.004], 1) * 0.01
    else:
        x = (has + rng.normal(0, 0.2, has.shape)) * np.logspace(-4, 3, 12) + 50
    np.save(folder / "x.npy", x.astype(np.float32))
    labels = [f"f{k}" for k in range(12)]
    split = np.repeat(["train", "val", "test"], [300, 100, 100])
    pl.DataFrame({"split": split, **dict(zip(labels, has.T.astype(int), strict=True))}).write_csv(folder / "labels.csv")
    (folder / "c.yaml").write_text(CONFIG.format(folder=folder, labels=", ".join(labels)))
    return folder / "c.yaml"


def score(path, folder, *changes):
    train(load_config(path, changes), RunFolder(folder), progress=False)
    return evaluate(RunFolder(folder))["tasks"]["families"]["lrap"]


@pytest.mark.parametrize("kind", ["sparse", "dense"])
def test_features_of_any_unit_are_learned_where_nothing_is_said(kind, tmp_path):
    path = written(tmp_path, kind)
    chosen = score(path, tmp_path / "chosen")
    raw = score(path, tmp_path / "raw", "standardize=false")
    assert chosen > 0.95
    assert chosen > raw + 0.1
    model, _ = load_model(RunFolder(tmp_path / "chosen"))
    scaling = model.backbone.network[0]
    assert (scaling.sd.unique().numel() == 1) == (kind == "sparse")
    assert bool(scaling.mean.eq(0).all()) == (kind == "sparse")


def test_sparse_features_are_said(tmp_path, caplog):
    path = written(tmp_path, "sparse")
    with caplog.at_level(1, logger="gcnlabel"):
        train(load_config(path, ["training.epochs=1"]), RunFolder(tmp_path / "run"), progress=False)
    assert "features are sparse: all are divided by one number" in caplog.text
