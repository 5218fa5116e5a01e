"""``gcnlabel cross-validate`` on small data, from the folds to the files."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from mixed_data import write
from scipy import stats

from gcnlabel.annotations import Annotations
from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, train
from gcnlabel.studies.cross_validation import folds_of, run_cross_validation, running, summary
from gcnlabel.studies.cross_validation.folds import notes_on, read_folds
from gcnlabel.tasks import MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore")
QUICK = ["model.head=linear", "training.epochs=2"]


def small(folder, *changes):
    folder.mkdir(exist_ok=True)
    return load_config(write(folder, ("mood", "tags"), samples=60), [*QUICK, *changes])


def call(path, output, *options):
    quick = [word for change in QUICK for word in ("--set", change)]
    return CliRunner().invoke(main, ["cross-validate", str(path), "--output", str(output), *quick, *options])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    root = tmp_path_factory.mktemp("cross")
    result = call(write(root, ("mood", "tags"), samples=60), root / "out", "--folds", "3")
    assert result.exit_code == 0, result.output
    return root, result.output


def test_folds_divide_the_samples_and_spread_the_labels():
    tags = (np.random.default_rng(0).random((90, 4)) < [0.5, 0.3, 0.1, 0.07]).astype(np.float32)
    annotations = Annotations(TaskSet([MultiLabel("t", list("abcd"))]), {"t": tags})
    used = np.arange(5, 85)
    folds = folds_of(annotations, used, 4, 0.25)
    assert sorted(np.concatenate([fold["test"] for fold in folds])) == used.tolist()
    for fold in folds:
        assert sorted(np.concatenate([*fold.values()])) == used.tolist()
        assert len(fold["test"]) == pytest.approx(20, abs=2)
        assert len(fold["val"]) == pytest.approx(15, abs=2)
        assert np.abs(tags[fold["test"]].sum(0) - tags[used].sum(0) / 4).max() < 2


@pytest.mark.parametrize("what", ["groups", "ids"])
def test_groups_and_samples_of_one_id_are_never_divided(what):
    random = np.random.default_rng(1)
    names = random.integers(0, 12, 80).astype(str)
    tags = (random.random((80, 2)) < 0.4).astype(np.float32)
    annotations = Annotations(TaskSet([MultiLabel("t", ["a", "b"])]), {"t": tags}, **{what: names})
    for fold in folds_of(annotations, np.arange(80), 4, 0.3):
        parts = [set(names[rows]) for rows in fold.values()]
        assert sum(map(len, parts)) == len(set().union(*parts)) == 12
    with pytest.raises(InputError, match="13 folds of 12 groups"):
        folds_of(annotations, np.arange(80), 13, 0.3)


def test_the_interval_is_that_of_nadeau_and_bengio():
    values = [0.61, 0.55, 0.7, 0.66, 0.58]
    found = summary(values)
    wide = np.sqrt(np.var(values, ddof=1) * (1 / 5 + (1 / 5) / (4 / 5)))
    expected = stats.t.interval(0.95, 4, loc=np.mean(values), scale=wide)
    assert (found.low, found.high) == pytest.approx(expected)
    assert (found.mean, found.sd) == pytest.approx((np.mean(values), np.std(values, ddof=1)))
    assert summary([0.5, None, None]) is None
    assert summary([0.5, None, 0.7]).mean == pytest.approx(0.6)


def test_a_fold_is_what_training_with_these_splits_gives(finished, tmp_path):
    root, _ = finished
    config = load_config(root / "config.yaml", QUICK)
    folds, _ = read_folds(config, 3)
    rows = pl.read_csv(root / "labels.csv", infer_schema_length=None)
    split = np.full(len(rows), "unused", dtype=object)
    for part, of_part in folds[1].rows.items():
        split[of_part] = part
    rows.with_columns(pl.Series("split", split.tolist())).write_csv(tmp_path / "labels.csv")
    own = load_config(root / "config.yaml", [*QUICK, f"data.annotations={tmp_path}/labels.csv"])
    expected = train(own, RunFolder(tmp_path / "run"), progress=False)
    found = json.loads((root / "out" / "cross_validation.json").read_text())
    for task, values in expected["tasks"].items():
        for name, value in values.items():
            if isinstance(value, float):
                assert found["metrics"][f"{task}/{name}"]["values"][1] == pytest.approx(value, abs=1e-6)
    assert found["folds"][1]["samples"] == expected["samples"]


def test_tables_and_json_say_the_same(finished):
    root, output = finished
    found = json.loads((root / "out" / "cross_validation.json").read_text())
    table = pl.read_csv(root / "out" / "cross_validation.csv")
    assert table["metric"].to_list() == list(found["metrics"])
    assert found["samples"] == 45
    for row in table.iter_rows(named=True):
        of_metric = found["metrics"][row["metric"]]
        values = [row[f"fold_{k}"] for k in (1, 2, 3)]
        assert of_metric["values"] == values
        assert row["mean"] == of_metric["mean"] == pytest.approx(np.mean(values))
    shown = [line for line in output.splitlines() if line.startswith("|")]
    assert len(shown) == len(table) + 2
    assert max(map(len, shown)) <= 80
    assert "without the test split" in output
    assert (root / "out" / "cross_validation.md").read_text() in output


def test_the_test_split_is_not_looked_at(finished, tmp_path):
    root, _ = finished
    changed = small(tmp_path / "data")
    rows = pl.read_csv(tmp_path / "data" / "labels.csv", infer_schema=False)
    test = (rows["split"] == "test").to_numpy()
    features = np.load(tmp_path / "data" / "features.npy")
    features[test] = 1e6
    np.save(tmp_path / "data" / "features.npy", features)
    tags = pl.when(pl.Series(test)).then(pl.lit("1")).otherwise(pl.col("a")).alias("a")
    rows.with_columns(tags).write_csv(tmp_path / "data" / "labels.csv")
    found = run_cross_validation(changed, tmp_path / "out", folds=3)
    before = json.loads((root / "out" / "cross_validation.json").read_text())
    assert json.loads(json.dumps(found["metrics"])) == before["metrics"]


def test_what_was_stopped_goes_on(finished, tmp_path, monkeypatch):
    root, _ = finished
    config, done, measured = load_config(root / "config.yaml", QUICK), [], running.measured

    def stopped(fold):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(fold.number)
        return measured(fold)

    monkeypatch.setattr(running, "measured", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_cross_validation(config, tmp_path / "out", folds=3)
    assert not (tmp_path / "out" / "cross_validation.json").exists()
    monkeypatch.setattr(running, "measured", lambda fold: done.append(fold.number) or measured(fold))
    found = run_cross_validation(config, tmp_path / "out", folds=3)
    assert done == [1, 2, 3]
    before = json.loads((root / "out" / "cross_validation.json").read_text())
    assert json.loads(json.dumps(found["metrics"])) == before["metrics"]
    with pytest.raises(InputError, match="measured with another config.seed"):
        run_cross_validation(config.model_copy(update={"seed": 1}), tmp_path / "out", folds=3)


def test_without_splits_of_their_own_all_samples_are_divided(tmp_path):
    config = small(tmp_path / "data", "data.splits={train: 0.6, val: 0.2, test: 0.2}")
    folds, said = read_folds(config, 4)
    assert said.startswith("all samples")
    assert sorted(np.concatenate([fold.rows["test"] for fold in folds])) == list(range(60))
    assert len(folds[0].rows["val"]) == pytest.approx(45 / 4, abs=2)


def test_groups_of_a_column_count_where_splits_have_names(tmp_path):
    config = small(tmp_path / "data")
    rows = pl.read_csv(tmp_path / "data" / "labels.csv", infer_schema=False)
    persons = [f"p{k // 3}" for k in range(60)]
    rows.with_columns(person=pl.Series(persons)).write_csv(tmp_path / "data" / "labels.csv")
    folds, _ = read_folds(config, 3, "person")
    for fold in folds:
        assert len({persons[row] for rows in fold.rows.values() for row in rows}) == 15
        assert not {persons[row] for row in fold.rows["test"]} & {persons[row] for row in fold.rows["train"]}
    result = call(tmp_path / "data" / "config.yaml", tmp_path / "out", "--groups", "persn")
    assert result.exit_code == 2
    assert "did you mean 'person'?" in result.output
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="no columns of groups"):
        read_folds(load_config("synthetic-faces"), 3, "person")


def test_what_makes_folds_easier_is_said(finished):
    root, _ = finished
    assert notes_on(load_config(root / "config.yaml", QUICK)) == []
    changes = ["model.head=graph", "graph.file=graph.safetensors", "select.split=test"]
    notes = notes_on(load_config(root / "config.yaml", changes))
    assert [note.split()[0] for note in notes] == ["the", "epochs"]
    assert "graph.safetensors" in notes[0]
    assert "synthetic" in notes_on(load_config("synthetic-faces"))[0]


def test_labels_that_a_fold_lacks_are_said(tmp_path):
    config = small(tmp_path / "data", "training.epochs=1")
    rows = pl.read_csv(tmp_path / "data" / "labels.csv", infer_schema=False)
    tags = ["1" if k in (3, 20) else "0" for k in range(60)]
    rows.with_columns(d=pl.Series(tags)).write_csv(tmp_path / "data" / "labels.csv")
    found = run_cross_validation(config, tmp_path / "out", folds=3)
    assert found["notes"] == ["tags: not in every fold, and left out of macro averages of such folds: d"]
    assert f"Note: {found['notes'][0]}." in (tmp_path / "out" / "cross_validation.md").read_text()
    assert [fold["absent"] == {"tags": ["d"]} for fold in found["folds"]].count(True) == 1


def test_the_same_call_prints_the_same_as_json_and_trains_nothing(finished, monkeypatch):
    root, _ = finished
    monkeypatch.setattr(running, "measured", None)
    result = call(root / "config.yaml", root / "out", "--folds", "3", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads((root / "out" / "cross_validation.json").read_text())


def test_results_of_something_else_are_kept(finished, tmp_path):
    root, _ = finished
    (tmp_path / "cross_validation.md").write_text("mine")
    result = call(root / "config.yaml", tmp_path)
    assert result.exit_code == 2
    assert "already exists" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["cross_validation.md"]
