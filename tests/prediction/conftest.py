"""Three small runs: on drawn faces, on a table of tagged images (thresholds tuned), and on features."""

import numpy as np
import polars as pl
import pytest
from PIL import Image

from gcnlabel.config import load_config, parse_config
from gcnlabel.faces.synthetic import synthetic_faces
from gcnlabel.run import RunFolder, train

SMALL = {"epochs": 1, "batch_size": 32}
NETWORK = {"backbone": {"name": "small_cnn", "widths": [4, 8]}, "head": {"name": "linear"}}


@pytest.fixture(scope="session")
def face_run(tmp_path_factory):
    """Classes, valence and arousal by a label graph."""
    changes = ["data.train=200", "data.val=60", "data.test=60", "training.epochs=2", "training.batch_size=32"]
    changes += ["model.backbone.widths=[4,8]", "model.head.hidden_channels=[16]"]
    folder = RunFolder(tmp_path_factory.mktemp("run") / "faces")
    train(load_config("synthetic-faces", changes), folder, progress=False)
    return folder


@pytest.fixture(scope="session")
def faces(tmp_path_factory):
    """A folder of six faces in folders, with a file that is no image and one that is hidden; and their pixels."""
    images, _ = synthetic_faces(6, seed=9, split="test")
    root = tmp_path_factory.mktemp("images") / "faces"
    (root / "b").mkdir(parents=True)
    for i, image in enumerate(images):
        Image.fromarray(image[0]).save(root / ("b" if i > 3 else "") / f"{i}.png")
    (root / "notes.txt").write_text("no image")
    (root / ".hidden.png").write_bytes((root / "0.png").read_bytes())
    return root, images


@pytest.fixture(scope="session")
def tag_run(tmp_path_factory):
    """Tags whose thresholds were tuned."""
    root = tmp_path_factory.mktemp("tags")
    rng = np.random.default_rng(0)
    tags = rng.random((90, 3)) < [0.1, 0.3, 0.5]
    (root / "images").mkdir()
    for i, row in enumerate(tags):
        pixels = (rng.random((20, 20, 3)) * 60 + 180 * row).astype(np.uint8)
        Image.fromarray(pixels).save(root / "images" / f"{i}.png")
    table = {"file": [f"{i}.png" for i in range(90)], "split": ["train"] * 50 + ["val"] * 20 + ["test"] * 20}
    table |= {name: tags[:, i].astype(int) for i, name in enumerate(("red", "green", "blue"))}
    pl.DataFrame(table).write_csv(root / "tags.csv")
    config = {
        "data": {
            "source": "table",
            "annotations": str(root / "tags.csv"),
            "images": str(root / "images"),
            "id_column": "file",
            "size": 16,
        },
        "tasks": {"colours": {"type": "multilabel", "labels": ["red", "green", "blue"]}},
        "graph": {"embeddings": "one-hot"},
        "model": NETWORK,
        "training": SMALL,
        "evaluate": {"tune_thresholds": True},
    }
    folder = RunFolder(root / "run")
    train(parse_config(config), folder, progress=False)
    return folder, root / "images"


@pytest.fixture(scope="session")
def feature_run(tmp_path_factory):
    """Tags and dimensions of features, by a label graph, on a table that is gone."""
    root = tmp_path_factory.mktemp("features")
    rng = np.random.default_rng(0)
    features = rng.standard_normal((60, 5)).astype(np.float32)
    np.save(root / "x.npy", features)
    table = {"split": ["train"] * 40 + ["val"] * 10 + ["test"] * 10}
    table |= {name: (features[:, i] > 0).astype(int) for i, name in enumerate(("a", "b"))}
    table |= {name: features[:, i] + features[:, 0] for i, name in ((2, "heat"), (3, "cold"), (4, "dust"))}
    pl.DataFrame(table).write_csv(root / "t.csv")
    config = {
        "data": {"source": "table", "annotations": str(root / "t.csv"), "features": str(root / "x.npy")},
        "tasks": {
            "tags": {"type": "multilabel", "labels": ["a", "b"]},
            "weather": {"type": "dimensional", "dims": ["heat", "cold", "dust"]},
        },
        "graph": {"convention": "emotion-gcn-paper", "embeddings": "one-hot"},
        "model": {"backbone": {"name": "mlp", "hidden": [8]}, "head": {"name": "graph", "hidden_channels": [8]}},
        "training": SMALL,
    }
    folder = RunFolder(root / "run")
    train(parse_config(config), folder, progress=False)
    (root / "t.csv").unlink()
    return folder, root / "x.npy"
