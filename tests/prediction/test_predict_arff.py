"""A run on ARFF files predicts another such file, by the names and values of its inputs."""

import numpy as np
import pytest

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder
from gcnlabel.run.fitting import train

pytestmark = pytest.mark.filterwarnings("ignore")

COLOURS = ("red", "green", "blue")


def write(path, attributes, rows):
    text = "\n".join(["@relation r", *(f"@attribute {a}" for a in attributes), "@data", *rows])
    path.write_text(text + "\n")
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a run whose test file stands before its training file."""
    root, chance = tmp_path_factory.mktemp("arff"), np.random.default_rng(0)
    values = [(chance.normal(), chance.integers(3), chance.integers(2)) for _ in range(60)]
    rows = [f"{x},{COLOURS[c]},{('no', 'yes')[b]},{'NP'[x > 0]},{c + x}" for x, c, b in values]
    attributes = ["x real", "colour {red,green,blue}", "big {no,yes}", "t {P,N}", "y real"]
    files = {
        "test": write(root / "test.arff", [*attributes[:1], "colour {blue,red,green}", *attributes[2:]], rows[40:])
    }
    files["train"] = write(root / "train.arff", attributes, rows[:40])
    config = {
        "data": {"source": "arff", "files": {k: str(v) for k, v in files.items()}, "present": {"t": "P"}},
        "tasks": {"tags": {"type": "multilabel", "labels": ["t"]}, "level": {"type": "dimensional", "dims": ["y"]}},
        "model": {"backbone": {"name": "identity"}, "head": {"name": "linear"}},
        "training": {"epochs": 1},
    }
    folder = RunFolder(root / "run")
    train(parse_config(config), folder, progress=False)
    return folder, root


def test_any_order_gives_the_same(run):
    folder, root = run
    np.save(root / "x.npy", np.array([[0.5, 1, 0, 0, 1], [-1, 0, 0, 1, 0]], dtype=np.float32))
    attributes = ["big {YES,NO}", "note string", "colour {blue,red}", "t {N}", "x real"]
    new = write(root / "new.arff", attributes, ["YES,?,red,?,0.5", "NO,a,blue,N,-1"])
    with pytest.warns(UserWarning, match="left out: note"):
        found = predict(folder, new)
    expected = predict(folder, root / "x.npy")
    for task in ("tags", "level"):
        np.testing.assert_array_equal(found.values[task], expected.values[task])


def test_what_cannot_be_matched_is_named(run, tmp_path):
    folder, _ = run
    with pytest.raises(InputError, match="lacks inputs of the other file: big, colour|colour, big"):
        predict(folder, write(tmp_path / "a.arff", ["x real"], ["1"]))
    attributes = ["x real", "colour {pink}", "big {no,yes}"]
    with pytest.raises(InputError, match="'colour' has the value 'pink'"):
        predict(folder, write(tmp_path / "b.arff", attributes, ["1,pink,no"]))
    with pytest.raises(InputError, match="input 'x' is missing"):
        predict(folder, write(tmp_path / "c.arff", [*attributes[::2], "colour {red}"], ["?,no,red"]))


def test_a_run_on_other_features_takes_none(feature_run, tmp_path):
    with pytest.raises(InputError, match="was not trained on ARFF files"):
        predict(feature_run[0], write(tmp_path / "a.arff", ["x real"], ["1"]))
