"""A report on real runs: its numbers, what it lacks, and that it runs no code of a run folder."""

import json
import shutil
import sys

import numpy as np
import polars as pl
import pytest
import yaml
from click.testing import CliRunner
from report.test_page import Tags
from small_runs import HOSTILE, train_runs

from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.report.report import report_page, write_report
from gcnlabel.run import RunFolder, evaluate

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return train_runs(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def text(runs):
    return report_page([RunFolder(run) for run in runs])


@pytest.fixture
def copied(runs, tmp_path):
    return shutil.copytree(runs[0], tmp_path / "copied")


def section(text, name):
    start = text.index(f'<section id="{name}"')
    return text[start : text.index("</section>", start)]


def test_names_of_labels_and_samples_stay_text(text):
    found = Tags(text)
    assert found.tags.count("script") == 2
    assert not [pair for pair in found.attributes if pair[1] == "onerror"]
    labels = {pair[2] for pair in found.attributes if pair[1] == "data-label"}
    assert set(HOSTILE) <= labels


def test_every_section_is_there_and_nothing_is_missing(text):
    found = [pair[2] for pair in Tags(text).attributes if pair[:2] == ("section", "id")]
    wanted = "runs comparison labels data graph curves confusion precision-recall similarity mistakes versions"
    assert found == wanted.split()


def test_every_metric_is_that_of_the_evaluation(runs, text):
    part = section(text, "comparison")
    for run in runs:
        evaluation = json.loads((run / "evaluation.json").read_text())
        for task, values in evaluation["tasks"].items():
            for name, value in values.items():
                if isinstance(value, float):
                    assert f'data-value="{value}">{value:.4f}</td>' in part, (run, task, name)


def test_intervals_stand_beside_the_metrics_of_their_run(copied, runs):
    assert "bootstrap" not in section(report_page([RunFolder(run) for run in runs]), "comparison")
    evaluation = evaluate(RunFolder(copied), intervals=20)
    part = section(report_page([RunFolder(copied)]), "comparison")
    assert "Intervals: 95 %, bootstrap over the samples of the split." in part
    for task, values in evaluation["intervals"]["tasks"].items():
        for name, (low, high) in values.items():
            value = evaluation["tasks"][task][name]
            assert f'data-value="{value}">{value:.4f} <span class="muted">[{low:.4f}, {high:.4f}]' in part, (task, name)


@pytest.mark.parametrize("bounds", [[0.1], None, ["a", "b"], {"low": 1, "high": 2}])
def test_damaged_intervals_are_named(copied, bounds):
    evaluation = evaluate(RunFolder(copied), intervals=20)
    of_task = next(iter(evaluation["intervals"]["tasks"].values()))
    of_task[next(iter(of_task))] = bounds
    (copied / "evaluation.json").write_text(json.dumps(evaluation))
    missing = section(report_page([RunFolder(copied)]), "missing")
    assert "evaluation.json" in missing
    assert "the interval of" in missing


def test_rows_are_those_that_were_kept(runs, text):
    counts = dict(
        pl.read_csv(runs[0] / "rows.csv").filter(pl.col("what") == "used").select("split", "count").iter_rows()
    )
    for split, count in counts.items():
        assert f'<td>{split}</td><td>used</td><td class="n">{count}</td>' in section(text, "data")


def test_label_counts_and_missing_shares_are_those_of_the_table(runs, text):
    training = pl.read_csv(runs[0].parent / "labels.csv").filter(pl.col("split") == "train")
    plain = training["plain"]
    row = section(text, "data").split('data-label="plain"')[1].split("</tr>")[0]
    assert f'<td class="n">{plain.sum()}</td>' in row
    assert f"{100 * plain.null_count() / len(plain):.1f} %" in row


def test_it_needs_no_data_of_the_run_but_says_so(copied, tmp_path):
    config = yaml.safe_load((copied / "config.yaml").read_text())
    config["data"]["annotations"] = str(tmp_path / "moved.csv")
    (copied / "config.yaml").write_text(yaml.safe_dump(config))
    found = report_page([RunFolder(copied)])
    assert "moved.csv" in section(found, "missing")
    assert "the data of copied" in section(found, "missing")
    assert 'data-label="plain"' in section(found, "labels")


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("evaluation.json", "comparison"),
        ("predictions.safetensors", "labels"),
        ("graph.safetensors", "graph"),
        ("metrics.csv", "curves"),
        ("rows.csv", None),
    ],
)
def test_a_damaged_file_is_named_and_the_rest_is_shown(copied, name, lost):
    (copied / name).write_bytes(b"\xff{damaged")
    found = report_page([RunFolder(copied)])
    assert name in section(found, "missing")
    assert lost is None or f'<section id="{lost}"' not in found
    assert 'data-label="plain"' in section(found, "data")


def test_code_that_a_run_names_is_not_run(copied, tmp_path, monkeypatch):
    (tmp_path / "foreign_part.py").write_text("raise SystemExit('it ran')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    config = yaml.safe_load((copied / "config.yaml").read_text())
    config["weighting"] = "foreign_part:scheme"
    (copied / "config.yaml").write_text(yaml.safe_dump(config))
    found = report_page([RunFolder(copied)])
    assert "foreign_part" not in sys.modules
    missing = section(found, "missing")
    assert "foreign_part:scheme" in missing
    assert "--trust" in missing
    assert '<section id="comparison"' in found


def test_changed_data_gives_no_pictures_of_other_samples(runs):
    from gcnlabel.report.reading import ReportRuns

    read = ReportRuns([RunFolder(runs[0])])
    part = read.data.parts["test"]
    assert read.ids["graph-1"] == part.annotations.ids.tolist()
    assert read.measured_part("graph-1") is None  # features are no pictures
    object.__setattr__(part, "inputs", np.zeros((len(part.annotations), 1, 4, 4), np.uint8))
    assert read.measured_part("graph-1") is part
    read.ids["graph-1"].reverse()
    assert read.measured_part("graph-1") is None


def test_the_command_writes_one_file_and_replaces_none(runs, tmp_path):
    path = tmp_path / "r.html"
    words = ["report", *map(str, runs), "--output", str(path)]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]
    again = CliRunner().invoke(main, words)
    assert again.exit_code == 2
    assert "--overwrite" in again.output
    with pytest.raises(InputError, match=r"\.html"):
        write_report([RunFolder(runs[0])], tmp_path / "r.pdf")
