"""Small runs with label names that are HTML, for tests of pages."""

import numpy as np
import polars as pl

from gcnlabel.config import load_config
from gcnlabel.run import RunFolder, train

HOSTILE = ("</script><script>throw new Error('run')</script>", "<img src=x onerror=alert(1)>", "a\"b'c & <b>d", "plain")
CLASSES = ("happy", "</style><b>sad")


def write_data(folder, *, rows=120, tags=HOSTILE, seed=0):
    """Write a table and features; the last tag has missing cells, and one dimension is mostly missing."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 6)).astype(np.float32)
    scores = features @ rng.normal(size=(6, len(tags)))
    table = {"id": [f"<i>{k}" for k in range(rows)], "split": (["train", "train", "val", "test"] * rows)[:rows]}
    held = (scores + rng.normal(size=scores.shape) > 0.4).astype(int)
    for k, tag in enumerate(tags):
        column = [*map(int, held[:, k])]
        table[tag] = column if k < len(tags) - 1 else [None if i % 5 == 0 else v for i, v in enumerate(column)]
    table["mood"] = [CLASSES[int(v > 0)] for v in features[:, 0]]
    table["valence"] = [None if i % 3 else float(v) for i, v in enumerate(features[:, 1])]
    pl.DataFrame(table).write_csv(folder / "labels.csv")
    np.save(folder / "features.npy", features)


def write_config(folder, tags=HOSTILE):
    """Write the config of :func:`write_data` and return its path."""
    import yaml

    tasks = {
        "tags": {"type": "multilabel", "labels": list(tags)},
        "mood": {"type": "categorical", "classes": list(CLASSES)},
        "affect": {"type": "dimensional", "dims": ["valence"]},
    }
    content = {
        "tasks": tasks,
        "data": {"source": "table", "annotations": f"{folder}/labels.csv", "features": f"{folder}/features.npy",
                 "id_column": "id"},
        "graph": {"tau": 0.01, "embeddings": "one-hot"},
        "model": {"backbone": {"name": "identity"}, "head": "graph"},
        "training": {"epochs": 2, "batch_size": 64},
        "select": {"metric": "loss", "mode": "min", "split": "val"},
        "evaluate": {"tune_thresholds": True},
    }  # fmt: skip
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def train_runs(folder, names=(("graph-1", ()), ("graph-2", ("seed=2",)), ("linear", ("model.head=linear",)))):
    """Train runs side by side in a folder and return their folders."""
    write_data(folder)
    config = write_config(folder)
    for name, changes in names:
        train(load_config(str(config), changes), RunFolder(folder / name))
    return [folder / name for name, _ in names]


def trained(folder, name="run", changes=()):
    """Train the config of a folder, and return the run in it."""
    config = load_config(str(folder / "config.yaml"), changes)
    train(config, RunFolder(folder / name), progress=False)
    return RunFolder(folder / name)
