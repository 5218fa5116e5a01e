"""Tags of two hidden causes: a and b go together, c is their opposite; d and e are opposites of each other."""

import numpy as np
import pytest

from gcnlabel.config import load_config
from gcnlabel.run.data import load_data

TAGS = ("a", "b", "c", "d", "e")
CONFIG = """tasks:
  tags: {{type: multilabel, labels: [a, b, c, d, e]}}
  affect: {{type: dimensional, dims: [pleasure], range: [-5, 5]}}
data:
  source: table
  annotations: {folder}/labels.csv
  features: {folder}/features.npy
  splits: {{train: train, val: val, test: test}}
standardize: true
graph: {{convention: signed-weighted, p: 0.7, embeddings: "random:16:0"}}
model:
  backbone: {{name: mlp, hidden: [16], dropout: 0.0}}
  head: {{name: cosine, of: {{name: graph, hidden_channels: [12], bias: true}}}}
loss:
  affect: {{name: ccc, weight: 0.1}}
optimizer: {{name: adamw, lr: 0.01, weight_decay: 0.01, schedule: cosine}}
training: {{epochs: 4, batch_size: 32}}
"""


def write(folder, samples=360):
    rng = np.random.default_rng(0)
    cause = rng.normal(size=(samples, 2))
    signs = np.array([[1, 0], [1, 0], [-1, 0], [0, 1], [0, -1]])
    tags = cause @ signs.T + 0.5 * rng.normal(size=(samples, 5)) > 0
    features = cause @ rng.normal(size=(2, 6)) + 0.1 * rng.normal(size=(samples, 6))
    np.save(folder / "features.npy", features.astype(np.float32))
    split = np.repeat(["train", "val", "test"], [samples // 2, samples // 4, samples // 4])
    pleasure = np.clip(cause[:, 0], -5, 5)
    rows = [
        ",".join([*map(str, row.astype(int)), "" if i % 3 else f"{p:.3f}", s])
        for i, (row, p, s) in enumerate(zip(tags, pleasure, split, strict=True))
    ]
    (folder / "labels.csv").write_text("\n".join([",".join([*TAGS, "pleasure", "split"]), *rows]) + "\n")
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tags")
    write(folder)
    return folder


@pytest.fixture(scope="session")
def config(folder):
    return load_config(folder / "config.yaml")


@pytest.fixture(scope="session")
def data(config):
    return load_data(config)
