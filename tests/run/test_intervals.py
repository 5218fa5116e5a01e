"""Bootstrap intervals beside those of scipy, over groups, and from the command line."""

import json

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner
from mixed_data import write
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score

from gcnlabel.annotations import Annotations
from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.run import RunFolder, train
from gcnlabel.run.intervals import Draws, bootstrap_intervals, units_of
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

CLASSES = TaskSet([Categorical("c", ["a", "b", "c"])])


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "rmse", "ccc"])
def test_intervals_are_those_of_scipy(name):
    random = np.random.default_rng(1)
    if name in ("rmse", "ccc"):
        truth = random.normal(size=57)
        guess = 0.5 * truth + random.normal(size=57)
        tasks, key = TaskSet([Dimensional("d", ["x"])]), f"x/{name}"
        scores, targets = {"d": torch.from_numpy(guess)[:, None]}, {"d": torch.from_numpy(truth)[:, None]}
    else:
        logits, truth = random.normal(size=(57, 3)), random.integers(0, 3, 57)
        guess, tasks, key = logits.argmax(1), CLASSES, name
        scores, targets = {"c": torch.from_numpy(logits)}, {"c": torch.from_numpy(truth)}

    def ccc(x, y):
        return 2 * np.cov(x, y, bias=True)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)

    measure = {
        "accuracy": lambda x, y: accuracy_score(y, x),
        "macro_f1": lambda x, y: f1_score(y, x, average="macro"),
        "rmse": lambda x, y: np.sqrt(np.mean((x - y) ** 2)),
        "ccc": ccc,
    }[name]
    random = np.random.default_rng(7)
    how = {"paired": True, "vectorized": False, "n_resamples": 200, "method": "percentile", "batch": 1}
    expected = stats.bootstrap((guess, truth), measure, rng=random, **how).confidence_interval
    found = bootstrap_intervals(tasks, scores, targets, Draws(200, 7))
    assert found["tasks"][tasks.names[0]][key] == pytest.approx([*expected], abs=1e-9)
    assert (found["resamples"], found["units"], found["level"]) == (200, 57, 0.95)


def test_whole_groups_are_drawn():
    persons = np.array(["z", "x", "y", "x", "z", "z"])
    random = np.random.default_rng(3)
    for rows in Draws(20, 3, persons).of_rows(6):
        units = random.integers(0, 3, 3)
        assert rows.tolist() == [row for unit in units for row in np.flatnonzero(persons == "xyz"[unit])]


def test_samples_of_few_groups_have_wide_intervals():
    right = torch.tensor([1.0] * 30 + [0.0] * 30)
    scores, targets = {"c": torch.stack([right, 1 - right, 0 * right], 1)}, {"c": torch.zeros(60, dtype=torch.int64)}
    alone = bootstrap_intervals(CLASSES, scores, targets, Draws(200))["tasks"]["c"]["accuracy"]
    grouped = bootstrap_intervals(CLASSES, scores, targets, Draws(200, units=np.repeat(["x", "y"], 30)))
    assert grouped["tasks"]["c"]["accuracy"] == [0, 1]
    assert grouped["units"] == 2
    assert 0.3 < alone[0] < 0.5 < alone[1] < 0.7


def test_groups_go_before_ids_and_ids_count_where_they_repeat():
    tasks, codes = CLASSES, {"c": np.array([0, 1, 2])}
    assert units_of(Annotations(tasks, codes)) is None
    assert units_of(Annotations(tasks, codes, ids=np.array(["x", "y", "z"]))) is None
    assert units_of(Annotations(tasks, codes, ids=np.array(["x", "y", "x"]))).tolist() == ["x", "y", "x"]
    groups = Annotations(tasks, codes, ids=np.array(["x", "y", "x"]), groups=np.array(["g", "g", "h"]))
    assert units_of(groups).tolist() == ["g", "g", "h"]


def test_missing_targets_and_a_tag_that_few_draws_hold():
    tasks = TaskSet([MultiLabel("t", ["often", "once"]), Dimensional("d", ["never"])])
    tags = torch.zeros(12, 2)
    tags[:6, 0], tags[0, 1], tags[5, 0] = 1, 1, torch.nan
    scores = {"t": torch.randn(12, 2, generator=torch.Generator().manual_seed(0)), "d": torch.zeros(12, 1)}
    found = bootstrap_intervals(tasks, scores, {"t": tags, "d": torch.full((12, 1), torch.nan)}, Draws(50))
    assert found["tasks"]["d"] == {}
    assert all(np.isfinite(bounds).all() and bounds[0] <= bounds[1] for bounds in found["tasks"]["t"].values())


@pytest.mark.filterwarnings("ignore")
def test_the_command_shows_and_keeps_them(tmp_path):
    path = write(tmp_path, ("mood", "affect"), samples=60)
    train(load_config(path, ["model.head=linear", "training.epochs=1"]), RunFolder(tmp_path / "run"), progress=False)
    shown = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run"), "--intervals", "20"])
    assert shown.exit_code == 0, shown.output
    assert "95% interval" in shown.output
    assert "20 bootstrap resamples of 15 samples" in shown.output
    assert all(len(line) <= 80 for line in shown.output.splitlines() if line[0] in "┃│├")
    kept = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    low, high = kept["intervals"]["tasks"]["mood"]["accuracy"]
    assert 0 <= low <= kept["tasks"]["mood"]["accuracy"] <= high <= 1
    again = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run"), "--json", "--intervals"])
    assert json.loads(again.stdout)["intervals"]["resamples"] == 1000
    plain = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run")])
    assert "interval" not in plain.output


@pytest.mark.filterwarnings("ignore")
def test_groups_of_the_data_are_drawn_whole(tmp_path):
    path = write(tmp_path, ("mood",), samples=60)
    rows = pl.read_csv(tmp_path / "labels.csv", infer_schema=False)
    rows.with_columns(person=pl.Series([f"p{k // 3}" for k in range(60)])).write_csv(tmp_path / "labels.csv")
    grouped = ["data.splits={train: 0.5, val: 0.2, test: 0.3}", "data.group_column=person"]
    config = load_config(path, ["model.head=linear", "training.epochs=1", *grouped])
    samples = train(config, RunFolder(tmp_path / "run"), progress=False)["samples"]
    shown = CliRunner().invoke(main, ["evaluate", str(tmp_path / "run"), "--intervals", "5"])
    assert f"5 bootstrap resamples of {samples // 3} groups" in shown.output
    assert json.loads((tmp_path / "run" / "evaluation.json").read_text())["intervals"]["units"] == samples // 3
