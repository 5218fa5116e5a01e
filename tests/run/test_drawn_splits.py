"""Splits by fractions: the same for every command, kept in the run folder."""

import csv
import json

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from safetensors.numpy import load_file

from gcnlabel.cli import main
from gcnlabel.config import load_config, parse_config
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.run.data import load_data

N = 80
TASKS = {"tags": {"type": "multilabel", "labels": ["a", "b", "c"]}}
FRACTIONS = {"train": 0.6, "val": 0.2, "test": 0.2}
pytestmark = pytest.mark.filterwarnings("ignore")


def rows_of_table():
    random = np.random.default_rng(0)
    return [[f"x{i:03d}", f"p{i % 13}", *random.integers(0, 2, 3).tolist()] for i in range(N)]


def write_table(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "person", "a", "b", "c"], *rows])


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_table(tmp_path / "t.csv", rows_of_table())
    np.save(tmp_path / "f.npy", np.random.default_rng(1).normal(size=(N, 4)).astype(np.float32))

    def make(*, seed=0, **data):
        source = {"source": "table", "annotations": "t.csv", "features": "f.npy", "splits": FRACTIONS, **data}
        model = {"backbone": {"name": "identity"}, "head": {"name": "linear"}}
        content = {"tasks": TASKS, "data": source, "model": model, "training": {"epochs": 1}, "seed": seed}
        (tmp_path / "c.yaml").write_text(yaml.safe_dump(content))
        return load_config("c.yaml")

    return make


def parts_of(data, by="ids"):
    if by == "ids":
        return {name: set(part.annotations.ids) for name, part in data.parts.items()}
    return {name: part.inputs.tolist() for name, part in data.parts.items()}


def kept(folder):
    with folder.split.open() as file:
        return list(csv.DictReader(file))


def test_a_run_keeps_its_split_and_is_evaluated_on_it(config, tmp_path):
    made = config(id_column="id")
    report = train(made, folder := RunFolder(tmp_path / "run"), progress=False)
    assert (
        "random split by data.splits (train 0.6, val 0.2, test 0.2; split_seed 0), stratified by labels"
        in report["notes"][0]
    )
    found = {name: {row["id"] for row in kept(folder) if row["split"] == name} for name in FRACTIONS}
    assert found == parts_of(load_data(made))
    assert sum(map(len, found.values())) == N
    assert abs(len(found["test"]) - 16) <= 2
    again = evaluate(folder)
    assert again["tasks"] == report["tasks"]


def test_the_seed_of_the_run_does_not_change_the_split_and_split_seed_does(config):
    first = parts_of(load_data(config(id_column="id")))
    assert parts_of(load_data(config(id_column="id", seed=7))) == first
    assert parts_of(load_data(config(id_column="id", split_seed=1))) != first


def test_every_command_sees_the_same_rows(config, tmp_path):
    made = config()
    expected = parts_of(load_data(made), "inputs")

    def call(line):
        result = CliRunner().invoke(main, line.split())
        assert result.exit_code == 0, result.output

    call("train c.yaml --output run")
    call("evaluate run --split val")
    assert len(load_file("run/predictions.safetensors")["targets/tags"]) == len(expected["val"])
    call("evaluate run")
    targets = load_file("run/predictions.safetensors")["targets/tags"]
    np.testing.assert_array_equal(targets, load_data(made).parts["test"].annotations.targets["tags"])
    call("figures run --output figs --format png")
    call("train c.yaml --seed 5 --output other")
    assert (tmp_path / "run/split.csv").read_text() == (tmp_path / "other/split.csv").read_text()


def test_data_that_changed_afterwards_is_met_by_ids(config, tmp_path):
    train(config(id_column="id"), folder := RunFolder(tmp_path / "run"), progress=False)
    before = parts_of(load_data(folder.load_config(), folder.split))
    features = np.load("f.npy")
    order = np.random.default_rng(5).permutation(N)
    rows = [rows_of_table()[i] for i in order]
    write_table(tmp_path / "t.csv", [*rows, ["new", "p1", 1, 1, 1]])
    np.save("f.npy", np.concatenate([features[order], features[:1]]))
    with pytest.warns(GcnlabelWarning, match=r"1 sample\(s\) of the data are not in the split"):
        data = load_data(folder.load_config(), folder.split)
    assert parts_of(data) == before
    for part in data.parts.values():
        places = [int(name[1:]) for name in part.annotations.ids]
        np.testing.assert_array_equal(part.inputs, features[places])
    write_table(tmp_path / "t.csv", rows[1:])
    np.save("f.npy", features[order][1:])
    with pytest.raises(InputError, match=rf"'{rows[0][0]}' of the split is no longer in the data"):
        evaluate(folder)


def test_data_that_changed_without_ids_is_refused(config, tmp_path):
    train(config(), folder := RunFolder(tmp_path / "run"), progress=False)
    table = rows_of_table()
    write_table(tmp_path / "t.csv", [*table, table[0]])
    np.save("f.npy", np.zeros((N + 1, 4), dtype=np.float32))
    with pytest.raises(InputError, match=r"(?s)the data has 81 rows.*80, as in the split"):
        evaluate(folder)
    np.save("f.npy", np.zeros((N, 4), dtype=np.float32))
    swapped = next(i for i in range(1, N) if table[i][2:] != table[0][2:])
    table[0], table[swapped] = table[swapped], table[0]
    write_table(tmp_path / "t.csv", table)
    with pytest.raises(InputError, match="row 0 of the data has changed since the split"):
        evaluate(folder)


@pytest.mark.parametrize("text", ["row,part,id\n", "row,split,id\n0,train\n", "row,split,id\n1,train,x000\n", "x"])
def test_a_damaged_file_is_named(text, config, tmp_path):
    train(config(id_column="id"), folder := RunFolder(tmp_path / "run"), progress=False)
    folder.split.write_text(text)
    with pytest.raises(InputError, match=r"split\.csv"):
        evaluate(folder)


def test_resume_goes_on_with_the_split_of_the_run(config, tmp_path):
    made = config(id_column="id")
    train(made, folder := RunFolder(tmp_path / "run"), progress=False)
    whole = folder.split.read_text()
    test = [row["id"] for row in kept(folder) if row["split"] == "test"]
    val = [row["id"] for row in kept(folder) if row["split"] == "val"]
    swapped = whole.replace(f"test,{test[0]}", f"val,{test[0]}").replace(f"val,{val[0]}", f"test,{val[0]}")
    folder.split.write_text(swapped)  # as another version of the package might have drawn it
    resume(folder, made, progress=False)
    targets = load_file(folder.predictions)["targets/tags"]
    rows = sorted(int(name[1:]) for name in {*test[1:], val[0]})
    np.testing.assert_array_equal(targets, np.array([row[2:] for row in rows_of_table()])[rows])


def test_groups_stay_together_in_a_drawn_split_and_in_what_is_held_out(config, tmp_path):
    person = {row[0]: row[1] for row in rows_of_table()}
    drawn = load_data(config(id_column="id", group_column="person"))
    held = load_data(config(id_column="id", group_column="person", splits={"train": 0.8, "test": 0.2, "holdout": 0.25}))
    rows = [[*row, "learn" if int(row[1][1:]) < 10 else "exam"] for row in rows_of_table()]
    with (tmp_path / "named.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["id", "person", "a", "b", "c", "part"], *rows])
    named = {
        "annotations": "named.csv",
        "split_column": "part",
        "splits": {"train": "learn", "val": None, "test": "exam"},
    }
    for data in (drawn, held, load_data(config(id_column="id", group_column="person", **named))):
        people = [{person[name] for name in names} for names in parts_of(data).values()]
        assert all(people)
        assert sum(map(len, people)) == 13
    assert 8 <= len(held.parts["val"].annotations) <= 24


def test_a_group_without_a_name_and_a_column_that_is_not_there(config, tmp_path):
    rows = rows_of_table()
    rows[3][1] = ""
    write_table(tmp_path / "t.csv", rows)
    with pytest.raises(InputError, match=r"(?s)an empty cell.*row 5, column 'person'"):
        load_data(config(group_column="person"))
    with pytest.raises(InputError, match=r"(?s)no column 'persn'.*did you mean 'person'.*data.group_column"):
        load_data(config(group_column="persn"))


def test_groups_that_differ_in_case_or_spaces_alone_are_said(config, tmp_path):
    rows = rows_of_table()
    rows[3][1] = rows[3][1].upper() + " "
    write_table(tmp_path / "t.csv", rows)
    with pytest.warns(
        GcnlabelWarning,
        match=r"1 row\(s\) of t.csv have the group 'P3 ', which differs from 'p3' only in case.*rows 5",
    ):
        load_data(config(group_column="person"))


@pytest.mark.filterwarnings("ignore:groups are too")
def test_groups_that_look_like_none(config, tmp_path):
    rows = rows_of_table()
    for row in rows[3:9]:
        row[1] = "NA"
    write_table(tmp_path / "t.csv", rows)
    with pytest.warns(GcnlabelWarning, match=r"6 rows of t.csv have the group 'NA' and are kept together"):
        load_data(config(group_column="person"))
    with pytest.raises(InputError, match=r"(?s)an empty cell.*row 5, column 'person'"):
        load_data(config(group_column="person", missing=["NA"]))


def test_a_column_of_splits_does_not_matter_beside_fractions(config, tmp_path):
    plain = parts_of(load_data(config(id_column="id")))
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["id", "a", "b", "c", "split"], *([r[0], *r[2:], "train"] for r in rows_of_table())]
        )
    assert parts_of(load_data(config(id_column="id"))) == plain


def test_files_of_arff_are_divided_as_one(tmp_path):
    head = "@relation 'x: -C 2'\n@attribute a {0,1}\n@attribute b {0,1}\n@attribute f numeric\n@data\n"
    for name, start in (("one", 0), ("two", 30)):
        (tmp_path / f"{name}.arff").write_text(
            head + "".join(f"{i % 2},{i % 3 % 2},{i}\n" for i in range(start, start + 30))
        )
    files = {name: str(tmp_path / f"{name}.arff") for name in ("one", "two")}
    data = load_data(parse_config({"data": {"source": "arff", "files": files, "splits": FRACTIONS}}))
    assert sorted(value for part in data.parts.values() for value in part.inputs[:, 0]) == list(range(60))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"splits": {"train": 0.7, "val": 0.15, "test": 0.2}}, "sum to 1.05, not 1"),
        ({"splits": {"train": 0.7, "val": "val", "test": 0.3}}, "both names and fractions: 0.7, val, 0.3"),
        ({"splits": {"train": 0.7}}, "both names and fractions: 0.7, test"),
        ({"splits": {"train": 70, "val": 15, "test": 15}}, "data.splits.train: .*70 is neither a fraction"),
        ({"splits": {"train": 1.0, "test": 0.5}}, "data.splits.train: Input should be less than 1, got 1.0"),
        ({"splits": {"train": 0.5, "val": 0.0, "test": 0.5}}, "data.splits.val: Input should be greater than 0"),
        ({"splits": {"train": -0.5, "test": 1.5}}, "data.splits.train: Input should be greater than 0"),
        ({"splits": {"train": ".7", "val": None, "test": 0.3}}, "names and fractions"),
        ({"splits": {}, "split_seed": 3}, "split_seed has no effect"),
        ({"splits": {}, "group_column": "g"}, "group_column has no effect"),
        ({"source": "affectnet", "path": "x"}, "splits by fractions: this source has published splits"),
        ({"source": "voc", "path": "x"}, "splits by fractions: this source has published splits"),
    ],
)
def test_configs_that_cannot_be_meant(data, says):
    table = {"source": "table", "annotations": "t.csv", "features": "f.npy"} if "source" not in data else {}
    with pytest.raises(InputError, match=says):
        parse_config({"data": {**table, "splits": FRACTIONS, **data}})


def test_a_named_split_keeps_no_file(config, tmp_path):
    (tmp_path / "t.csv").write_text(
        "a,b,c,split\n" + "".join(f"1,0,{i % 2},{'train' if i < 60 else 'test'}\n" for i in range(N))
    )
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    folder.split.write_text("of a run that was replaced")
    report = train(config(splits={"val": None}), folder, overwrite=True, progress=False)
    assert not folder.split.exists()
    assert not any("drawn" in note for note in report["notes"])
    assert json.loads(folder.evaluation.read_text())["samples"] == 20
