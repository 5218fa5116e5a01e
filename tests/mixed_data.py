"""A class, tags and dimensions of three hidden causes, each with some that nobody annotated."""

import numpy as np
import pytest

from gcnlabel.config import load_config
from gcnlabel.run.data import load_data

TASKS = {
    "mood": "mood: {type: categorical, classes: [sad, calm, glad]}",
    "tags": "tags: {type: multilabel, labels: [a, b, c, d]}",
    "affect": "affect: {type: dimensional, dims: [valence, arousal], range: [-4, 4]}",
}
CONFIG = """tasks:
{tasks}
data:
  source: table
  annotations: {folder}/labels.csv
  features: {folder}/features.npy
  splits: {{train: train, val: val, test: test}}
standardize: true
model:
  backbone: {{name: mlp, hidden: [8], dropout: 0.0}}
optimizer: {{name: adamw, lr: 0.01, weight_decay: 0.01, schedule: cosine}}
training: {{epochs: 4, batch_size: 16}}
"""


def write(folder, tasks=("mood", "tags", "affect"), samples=160):
    """Write features, annotations and config; half of the samples are for training."""
    rng = np.random.default_rng(0)
    cause = rng.normal(size=(samples, 3))
    features = cause @ rng.normal(size=(3, 5)) + 0.1 * rng.normal(size=(samples, 5))
    np.save(folder / "features.npy", features.astype(np.float32))
    noisy = cause + 0.3 * rng.normal(size=(samples, 3))
    columns = {"split": np.repeat(["train", "val", "test"], [samples // 2, samples // 4, samples // 4])}
    columns["mood"] = np.array(["sad", "calm", "glad"])[np.digitize(noisy[:, 0], [-0.4, 0.4])].astype(object)
    for name, values in {"a": noisy[:, 0], "b": -noisy[:, 0], "c": noisy[:, 1], "d": noisy[:, 2] - 1}.items():
        columns[name] = (values > 0).astype(int).astype(object)
    for name, values in {
        "valence": noisy[:, 0] - 0.5 * noisy[:, 2],
        "arousal": noisy[:, 1] + 0.8 * noisy[:, 0],
    }.items():
        columns[name] = np.clip(values, -4, 4).round(4).astype(object)
    for name in ("mood", "a", "valence"):
        columns[name][rng.random(samples) < 0.2] = ""
    rows = [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    (folder / "labels.csv").write_text("\n".join([",".join(columns), *rows]) + "\n")
    chosen = "\n".join(f"  {TASKS[name]}" for name in tasks)
    path = folder / "config.yaml"
    path.write_text(CONFIG.format(folder=folder, tasks=chosen))
    return path


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """Path of a config whose tasks are of all three types."""
    return write(tmp_path_factory.mktemp("mixed"))


@pytest.fixture(scope="session")
def config(mixed):
    return load_config(mixed)


@pytest.fixture(scope="session")
def data(config):
    return load_data(config)
