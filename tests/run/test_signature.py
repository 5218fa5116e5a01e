"""A run folder keeps its tasks and the size of its inputs: what uses it needs no data and guesses nothing."""

import json
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.prediction import load_network, predict
from gcnlabel.run import RunFolder, loading, train
from gcnlabel.run.signature import Signature
from gcnlabel.run.tasks import run_tasks

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run whose tasks stand in a file of their own, and whose data are gone."""
    place = tmp_path_factory.mktemp("signature")
    rows = [f"{i},{i % 2},{i % 3 // 2},{i % 5},{('train', 'train', 'val', 'test')[i % 4]}" for i in range(60)]
    (place / "a.csv").write_text("\n".join(["id,cat,dog,age,split", *rows]))
    (place / "tasks.yaml").write_text(
        "tasks:\n  tags: {type: multilabel, labels: [cat, dog], columns: {cat: cat, dog: dog}}\n"
        "  age: {type: dimensional, dims: [age]}\n"
    )
    np.save(place / "x.npy", np.random.default_rng(0).normal(size=(60, 7)).astype(np.float32))
    data = {"source": "table", "annotations": str(place / "a.csv"), "features": str(place / "x.npy")}
    config = {
        "tasks": str(place / "tasks.yaml"),
        "only_tasks": ["tags"],
        "data": data,
        "model": {"backbone": {"name": "identity"}, "head": {"name": "linear"}},
        "training": {"epochs": 1, "rare_samples": 0},
    }
    train(parse_config(config), RunFolder(place / "run"), progress=False)
    for name in ("a.csv", "tasks.yaml"):
        (place / name).unlink()
    return RunFolder(place / "run")


def test_what_is_kept(trained):
    kept = Signature.load(trained.signature)
    assert (kept.tasks.names, kept.tasks.labels, kept.inputs) == (("tags",), ("cat", "dog"), (7,))
    assert json.loads(trained.signature.read_text())["inputs"] == [7]


def test_the_run_is_used_without_its_data_and_without_a_guess(trained, monkeypatch, tmp_path):
    monkeypatch.setattr(loading, "_features_in", None)
    assert run_tasks(trained) == Signature.load(trained.signature).tasks
    assert load_network(trained).input_shape == (7,)
    found = predict(trained, trained.path.parent / "x.npy")
    assert found.values["tags"].shape == (60, 2)
    words = ["export", trained.path, "--format", "safetensors", "--output", tmp_path / "m.safetensors"]
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output


def test_a_folder_of_before_is_read_too(trained, tmp_path):
    shutil.copytree(trained.path, tmp_path / "run")
    older = RunFolder(tmp_path / "run")
    older.signature.unlink()
    assert run_tasks(older) == run_tasks(trained)
    assert load_network(older).input_shape == (7,)


def test_the_tasks_file_is_read_into_the_config(trained):
    assert trained.load_config().tasks["age"] == {"type": "dimensional", "dims": ["age"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"tasks": {}}',
        '{"tasks": {"a": 3}, "inputs": [7]}',
        "[" * 9999,
    ],
)
def test_a_damaged_signature(text, tmp_path):
    (tmp_path / "signature.json").write_text(text)
    with pytest.raises(InputError):
        Signature.load(tmp_path / "signature.json")


@pytest.mark.parametrize("shape", ['["7"]', "[true]", "[-6]", "[0]", "[10000000000000000]", "7"])
def test_a_shape_that_cannot_be(shape, tmp_path):
    tasks = '{"a": {"type": "multilabel", "labels": ["x"]}}'
    (tmp_path / "signature.json").write_text(f'{{"tasks": {tasks}, "inputs": {shape}}}')
    with pytest.raises(InputError, match="inputs are"):
        Signature.load(tmp_path / "signature.json")
    (tmp_path / "signature.json").write_text(f'{{"tasks": {tasks}, "inputs": [7]}}')
    assert Signature.load(tmp_path / "signature.json").inputs == (7,)
