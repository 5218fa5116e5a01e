"""Options of build-graph that would have no effect are refused, and those of tables reach the reader."""

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.graph import LabelGraph

MATRIX = ",cat,dog\ncat,0,0.5\ndog,0.5,0\n"


def run(*words):
    return CliRunner().invoke(main, ["build-graph", *words])


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(MATRIX)
    (tmp_path / "tasks.yaml").write_text("tasks: {t: {type: multilabel, labels: [cat, dog]}}")


@pytest.mark.parametrize(
    "option",
    [
        ("--split", "train"),
        ("--split-column", "split"),
        ("--missing", "NA"),
        ("--names", "a,b"),
        ("--long", "a,b,c"),
        ("--workers", "2"),
        ("--scheduler", "tcp://127.0.0.1:1"),
        ("--missing-words", "zero"),
    ],
)
def test_what_has_no_effect_on_a_matrix(option, tmp_path):
    found = run("--from-matrix", "m.csv", "--convention", "signed", "--output", "g.safetensors", *option)
    assert found.exit_code == 2
    assert f"{option[0]} has no effect" in found.output
    assert not (tmp_path / "g.safetensors").exists()


@pytest.mark.parametrize("option", [("--delimiter", ";"), ("--decimal", ","), ("--no-quotes",)])
def test_what_has_no_effect_on_arrays(option, tmp_path):
    np.save(tmp_path / "m.npy", np.eye(2))
    found = run("tasks.yaml", "--from-matrix", "m.npy", "--convention", "signed", "--output", "g.safetensors", *option)
    assert found.exit_code == 2
    assert f"{option[0]} has no effect with m.npy" in found.output


def test_workers_beside_a_scheduler():
    words = ("tasks.yaml", "--annotations", "t.csv", "--workers", "2", "--scheduler", "tcp://h:1", "--output", "g")
    assert "--workers has no effect with --scheduler" in run(*words).output


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("cat;dog\n1,0;0,0\n1;1\n1;1\n0;1\n", ["--decimal", ","]),
        ("1~0\n1~1\n1~1\n0~1\n", ["--delimiter", "~", "--names", "cat,dog"]),
        ("id,l,v\n1,cat,1\n1,dog,0\n2,cat,1\n2,dog,1\n3,dog,1\n3,cat,1\n4,dog,1\n4,cat,0\n", ["--long", "id,l,v"]),
        ('id,cat,dog\n"a,1,0\nb",1,1\nc,1,1\nd,0,1\n', ["--no-quotes"]),
        ("-1 1\n1 1\n1 1\n1 -1\n", ["--names", "cat,dog"]),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_how_a_table_is_written(text, options, tmp_path):
    (tmp_path / "t.csv").write_text(text)
    words = ["tasks.yaml", "--annotations", "t.csv", "--split", "all", "--convention", "ml-gcn-paper", *options]
    found = run(*words, "--output", "g.safetensors")
    assert found.exit_code == 0, found.output
    statistic = LabelGraph.load("g.safetensors").statistic
    assert statistic.tolist() == [[0, pytest.approx(2 / 3)], [pytest.approx(2 / 3), 0]]


def test_a_matrix_with_decimal_commas(tmp_path):
    (tmp_path / "m.csv").write_text(MATRIX.replace(",", ";").replace(".", ","))
    words = ("--from-matrix", "m.csv", "--convention", "signed", "--output", "g.safetensors")
    assert "--decimal ," in run(*words).output
    assert run(*words, "--decimal", ",").exit_code == 0


def test_a_parquet_file_takes_no_delimiter(tmp_path):
    pl.DataFrame({"cat": [1], "dog": [0]}).write_parquet(tmp_path / "t.parquet")
    words = ("tasks.yaml", "--annotations", "t.parquet", "--split", "all", "--output", "g.safetensors")
    assert "no effect" in run(*words, "--delimiter", ";").output
