"""Heads over several data sets: ranks and tests against SciPy and a worked example of Demšar (JMLR 7, 2006)."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from mixed_data import write
from scipy import stats

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.studies.ablation import LabelBudget
from gcnlabel.studies.ablation.across import across, compared, write_across
from gcnlabel.studies.ablation.candidates import DEFAULT
from gcnlabel.studies.commands.ablate import _named
from gcnlabel.tasks import Dimensional, MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore")

# Table 6 of the paper: AUC of C4.5 with parameters m and cf, on 14 data sets
TABLE = [
    [0.763, 0.768, 0.771, 0.798],
    [0.599, 0.591, 0.590, 0.569],
    [0.954, 0.971, 0.968, 0.967],
    [0.628, 0.661, 0.654, 0.657],
    [0.882, 0.888, 0.886, 0.898],
    [0.936, 0.931, 0.916, 0.931],
    [0.661, 0.668, 0.609, 0.685],
    [0.583, 0.583, 0.563, 0.625],
    [0.775, 0.838, 0.866, 0.875],
    [1.000, 1.000, 1.000, 1.000],
    [0.940, 0.962, 0.965, 0.962],
    [0.619, 0.666, 0.614, 0.669],
    [0.972, 0.981, 0.9751, 0.975],
    [0.957, 0.978, 0.946, 0.970],
]
HEADS = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")


def test_the_papers_example():
    found = across({f"set {k}": dict(zip(HEADS, row, strict=True)) for k, row in enumerate(TABLE)})
    np.testing.assert_allclose(found.ranks, [3.143, 2.000, 2.893, 1.964], atol=5e-4)
    assert found.critical == pytest.approx(1.25, abs=0.01)  # 2.569 sqrt(4 * 5 / (6 * 14))
    assert 12 * 14 / 20 * (np.square(found.ranks).sum() - 25) == pytest.approx(9.28, abs=5e-3)
    assert found.friedman == pytest.approx(stats.friedmanchisquare(*np.array(TABLE).T).pvalue)  # corrected for ties


def test_wilcoxon_against_the_default_is_scipys_with_holms_correction():
    rng = np.random.default_rng(0)
    table = {
        f"s{k}": {DEFAULT: v + 0.05, "linear": v, "cosine": v + rng.normal() * 0.1} for k, v in enumerate(rng.random(9))
    }
    found = across(table)
    raw = {
        head: stats.wilcoxon([of[DEFAULT] for of in table.values()], [of[head] for of in table.values()]).pvalue
        for head in ("linear", "cosine")
    }
    smallest = min(raw, key=raw.get)
    assert found.wilcoxon[smallest] == pytest.approx(min(1, 2 * raw[smallest]))
    assert set(found.wilcoxon) == {"linear", "cosine"}


def test_one_set_or_equal_heads_are_no_error():
    found = across({"one": {DEFAULT: 0.5, "linear": 0.5, "cosine": 0.4}})
    assert math.isnan(found.friedman)
    assert found.ranks == [1.5, 1.5, 3.0]
    assert "linear" not in found.wilcoxon


def test_heads_that_a_set_lacks_are_left_out():
    assert across({"a": {"x": 1.0, "y": 0.5}, "b": {"x": 1.0}}).heads == ["x"]


def test_two_configs_of_one_name_are_told_apart_and_compared(tmp_path):
    paths = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        paths.append(str(write(tmp_path / name).rename(tmp_path / name / "same.yaml")))
    words = ["ablate", *paths, "--output", str(tmp_path / "out"), "--seeds", "2", "--share", "0.5", "--few", "none"]
    words += [
        "--head",
        "stacking",
        "--rate",
        "0.01",
        "--min-steps",
        "5",
        "--set",
        "training.epochs=1",
        "--workers",
        "1",
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_dir()) == ["same", "same 2"]
    found = json.loads((tmp_path / "out" / "across.json").read_text())
    assert set(found) == {"macro_f1", "lrap", "mean_ccc"}
    (of,) = found["lrap"].values()
    assert of["rows"] == ["same, tags", "same 2, tags"]
    one = json.loads((tmp_path / "out" / "same" / "ablation.json").read_text())["regimes"]["50% of the samples"][
        "heads"
    ]
    assert of["means"][0][of["heads"].index("default")] == pytest.approx(
        np.mean(one["default"]["metrics"]["tags/lrap"])
    )
    assert "mean rank" in (tmp_path / "out" / "across.md").read_text()
    assert len((tmp_path / "out" / "across.csv").read_text().splitlines()) == 1 + 3 * 2 * len(of["heads"])


@pytest.mark.parametrize(("samples", "train", "val"), [(10, 8, 2), (50, 40, 10), (3, 1, 2)])
def test_held_out_samples_are_within_the_budget(samples, train, val, data):
    amount = LabelBudget(task="affect", samples=samples, held_out=True)
    assert str(amount) == f"affect on {samples} samples, held-out ones among them"
    found = amount.subsample(data, 0)
    for name, wanted in (("train", train), ("val", val)):
        seen = ~np.isnan(found.parts[name].annotations.targets["affect"])
        there = (~np.isnan(data.parts[name].annotations.targets["affect"])).sum(0)
        assert seen.sum(0).tolist() == np.minimum(wanted, there).tolist()
    assert found.parts["test"] is data.parts["test"]


def test_a_share_of_held_out_samples(data):
    found = LabelBudget(0.5, held_out=True).subsample(data, 0)
    assert [len(found.parts[name].annotations) for name in ("train", "val", "test")] == [40, 20, 40]


def test_a_command_that_is_stopped_says_that_it_goes_on(tmp_path, monkeypatch):
    """``--overwrite`` would throw away the jobs that are done."""
    from gcnlabel.studies.ablation import job

    def stopped(*given, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "tuned", stopped)
    words = ["ablate", str(write(tmp_path)), "--output", str(tmp_path / "out"), "--seeds", "1", "--share", "1"]
    result = CliRunner().invoke(main, [*words, "--workers", "1"])
    assert result.exit_code == 130
    assert "run the same command again to continue" in result.output
    assert "--overwrite" not in result.output


def results(amounts, metrics, heads=("linear", DEFAULT)):
    of = {head: {"metrics": {metric: [0.1 * k + 0.5] for metric in metrics}} for k, head in enumerate(heads)}
    return {"regimes": {amount: {"heads": of} for amount in amounts}}


def sets(**dims):
    """Data sets of tags, and of dimensional tasks of these names."""
    found = {}
    for name, tasks in dims.items():
        amounts = [f"{task} on 10 samples" for task in tasks]
        declared = [MultiLabel("tags", ["a", "b"]), *(Dimensional(task, [f"{task} value"]) for task in tasks)]
        metrics = ["tags/lrap", *(f"{task}/mean_ccc" for task in tasks)]
        found[name] = (results(amounts, metrics), TaskSet(declared))
    return found


def test_few_samples_of_tasks_of_other_names_are_one_label_budget():
    found = compared(sets(tweets=["affect"], films=["numbers"]))
    rows = {kind: {amount: of.rows for amount, of in amounts.items()} for kind, amounts in found.items()}
    few = "dimensions on 10 samples"
    assert rows == {
        "lrap": {few: ["tweets, tags", "films, tags"]},
        "mean_ccc": {few: ["tweets, affect", "films, numbers"]},
    }


def test_two_tasks_on_few_samples_are_rows_of_their_own_and_full_ones_are_apart():
    found = compared(sets(one=["x", "x on y"]))
    rows = {kind: {amount: of.rows for amount, of in amounts.items()} for kind, amounts in found.items()}
    assert rows == {
        "lrap": {"dimensions on 10 samples": ["one, tags (few of x)", "one, tags (few of x on y)"]},
        "mean_ccc": {
            "dimensions on 10 samples": ["one, x", "one, x on y"],
            "other dimensions on 10 samples": ["one, x on y (few of x)", "one, x (few of x on y)"],
        },
    }


def test_a_test_that_cannot_be_made_is_null_in_the_json(tmp_path):
    def refuse(name):
        raise ValueError(name)

    text = write_across(compared(sets(one=["x"])), tmp_path, ["svg"])
    found = json.loads((tmp_path / "across.json").read_text(), parse_constant=refuse)
    assert found["lrap"]["dimensions on 10 samples"]["friedman"] is None
    assert "nan" not in text


@pytest.mark.parametrize(
    ("configs", "names"),
    [
        (("a.yaml",), ["a"]),
        (("x/a 3.yaml", "y/a.yaml", "z/a.yaml"), ["a 3", "a", "a 2"]),
        (("x/a 2.yaml", "y/a.yaml", "z/a.yaml"), ["a 2", "a", "a 3"]),
        (("tweets/config.yaml", "films/config.yaml", "old/films/config.yaml"), ["tweets", "films", "films 2"]),
        (("a b.yaml", "a.yaml"), ["a b", "a"]),
    ],
)
def test_every_config_has_a_name_of_its_own(configs, names):
    assert _named(configs) == dict(zip(names, configs, strict=True))


@pytest.mark.parametrize("samples", [1, 2])
def test_two_held_out_samples_and_one_to_train_on_are_the_least(samples):
    with pytest.raises(InputError, match=f"affect on {samples} samples, held-out(.|\n)*at least 3"):
        LabelBudget(task="affect", samples=samples, held_out=True)
