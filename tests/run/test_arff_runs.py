"""Runs on ARFF files: tags by their values, tasks that declare classes and numbers, inputs by name."""

import numpy as np
import pytest

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder
from gcnlabel.run.data import load_data

TRAIN = ["x real", "sky {calm,storm,fog}", "mood {sad,happy}", "y real", "a {R,NEG}"]
ROWS = ["1,calm,happy,2.5,R", "2,fog,sad,?,NEG", "3,storm,?,-1,R", "4,calm,sad,0,NEG"]
TEST = ["y real", "a {NEG,R}", "mood {happy,sad}", "sky {fog,calm}", "x real"]
TEST_ROWS = ["7,R,happy,fog,5", "8,NEG,sad,calm,6"]
TASKS = {
    "mood": {"type": "categorical", "classes": ["happy", "sad"]},
    "level": {"type": "dimensional", "dims": ["y"]},
    "tags": {"type": "multilabel", "labels": ["a"]},
}


@pytest.fixture
def content(tmp_path):
    for name, attributes, rows in (("train", TRAIN, ROWS), ("test", TEST, TEST_ROWS)):
        lines = ["@relation r", *(f"@attribute {a}" for a in attributes), "@data", *rows]
        (tmp_path / f"{name}.arff").write_text("\n".join(lines))
    files = {split: str(tmp_path / f"{split}.arff") for split in ("train", "test")}
    return {"data": {"source": "arff", "files": files, "present": {"a": "R"}}, "tasks": TASKS}


def test_parts_are_matched_by_name_and_value(content):
    test = load_data(parse_config(content)).parts["test"]
    assert test.inputs.tolist() == [[5, 0, 0, 1], [6, 1, 0, 0]]
    assert {name: target.tolist() for name, target in test.annotations.targets.items()} == {
        "mood": [0, 1],
        "level": [[7], [8]],
        "tags": [[1], [0]],
    }


def test_the_decision_is_kept_with_the_run(content, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.create(parse_config(content))
    kept = folder.load_config()
    assert kept == parse_config(content)
    np.testing.assert_array_equal(load_data(kept).parts["test"].annotations.targets["tags"], [[1], [0]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "b"}, "beside tasks"),
        ({"present": {}}, "it is not known which value of label"),
        ({"present": {"a": True}}, "(?s)present.a: .*quotes"),
        ({"present": {"b": "R"}}, "present names unknown tags: b"),
    ],
)
def test_keys_without_effect_or_meaning(content, changes, message):
    content["data"] |= changes
    with pytest.raises(InputError, match=message):
        load_data(parse_config(content))


def test_a_missing_input_is_named(content, tmp_path):
    path = tmp_path / "train.arff"
    path.write_text(path.read_text().replace("3,storm", "3,?"))
    with pytest.raises(InputError, match=r"(?s)input 'sky' is missing.*train.arff, line 10"):
        load_data(parse_config(content))


def test_labels_alone_are_no_run(content, tmp_path):
    (tmp_path / "train.arff").write_text("@relation 'r: -C 1'\n@attribute a {0,1}\n@data\n0\n1\n")
    files = {"train": str(tmp_path / "train.arff"), "test": str(tmp_path / "train.arff")}
    with pytest.raises(InputError, match="have only labels"):
        load_data(parse_config({"data": {"source": "arff", "files": files}}))


def test_an_arff_file_is_no_table(content):
    table = {"source": "table", "annotations": content["data"]["files"]["train"], "features": "x.npy"}
    with pytest.raises(InputError, match="(?s)train.arff is not a table.*source: arff"):
        load_data(parse_config({**content, "data": table}))
