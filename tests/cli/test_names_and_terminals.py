"""Names with brackets, dollars, formulas and control characters, and terminals that lack letters."""

import csv
import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.files import plain_cells
from gcnlabel.prediction import Predictions
from gcnlabel.run import RunFolder
from gcnlabel.tasks import MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore", "always::gcnlabel.errors.GcnlabelWarning")
ODD = ["[bold]x[/bold]", "[/]", "$a$ $", "=1+1", ":smile:", "émotion ☃", "a_b%&#{}\\^~"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with odd labels, in a folder whose name is a pattern."""
    place = tmp_path_factory.mktemp("odd") / "data[1]"
    place.mkdir()
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 4))
    np.save(place / "x.npy", x)
    tags = {name: (x[:, i % 4] + rng.normal(size=80) > 0).astype(int) for i, name in enumerate(ODD)}
    mood = [ODD[int(i)] + "!" for i in rng.integers(0, 2, 80)]
    split = ["train"] * 50 + ["val"] * 15 + ["test"] * 15
    pl.DataFrame({"mood": mood, **tags, "split": split}).write_parquet(place / "y.parquet")
    (place / "c.yaml").write_text(
        f"""tasks: {{mood: {{type: categorical, classes: {[name + "!" for name in ODD[:2]]}}},
        "=tags": {{type: multilabel, labels: {ODD}}}}}
data: {{source: table, annotations: "{place}/y.parquet", features: "{place}/x.npy"}}
graph: {{embeddings: one-hot, convention: signed}}
model: {{backbone: {{name: identity}}, head: {{name: graph, hidden_channels: [8]}}}}
training: {{epochs: 1}}
""".replace("\\\\", "\\")
    )
    result = CliRunner().invoke(main, ["train", str(place / "c.yaml"), "--output", str(place / "run[2]")])
    assert result.exit_code == 0, result.output
    return RunFolder(place / "run[2]")


def test_tables_and_figures_show_names_as_they_are(run, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(main, ["inspect-graph", str(run.graph)]).output
    for name in ODD:
        assert name in shown
    result = CliRunner().invoke(main, ["figures", str(run.path), "--output", str(tmp_path / "f"), "--format", "svg"])
    assert result.exit_code == 0, result.output
    assert "not drawn" not in result.output
    drawn = next((tmp_path / "f").glob("label_graph*.svg")).read_text()
    assert "$a$ $" in drawn
    cells = [cell for path in (tmp_path / "f").glob("*.csv") for row in csv.reader(path.open()) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]
    result = CliRunner().invoke(main, ["evaluate", str(run.path)])
    assert "=tags" in result.output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_lacks_letters(encoding, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner(charset=encoding).invoke(main, ["inspect-graph", str(run.graph)])
    assert result.exit_code == 0, result.exception
    assert "motion ?" in result.stdout_bytes.decode(encoding)
    result = CliRunner(charset=encoding).invoke(main, ["evaluate", str(run.path.parent / "☃")])
    assert result.exit_code == 2, result.exception


def test_a_progress_bar_on_such_a_terminal(run, tmp_path):
    line = ["train", str(run.path.parent / "c.yaml"), "--output", str(tmp_path / "r")]
    result = CliRunner(charset="ascii").invoke(main, line)
    assert result.exit_code == 0, result.exception
    assert result.output_bytes.isascii()


@pytest.mark.slow
def test_a_progress_bar_where_the_system_has_no_letters(run, tmp_path):
    line = [sys.executable, "-m", "gcnlabel", "train", str(run.path.parent / "c.yaml"), "--output", str(tmp_path / "r")]
    environment = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_CTYPE")}
    environment |= {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"\xe2" not in done.stdout.encode()


def test_predictions_keep_ids_and_say_so(tmp_path):
    tasks = TaskSet([MultiLabel("-t", ["=1+1", "@x"])])
    found = Predictions(tasks, ["=A1.png", "b.png"], {"-t": np.array([[-0.5, 0.9], [0.9, 0.9]], dtype=np.float32)})
    with pytest.warns(UserWarning, match=r"1 names of inputs .* '=A1.png'"):
        found.save(tmp_path / "p.csv")
    header, first, second = csv.reader((tmp_path / "p.csv").open())
    assert header == ["image", "'-t", "'-t:=1+1", "'-t:@x"]
    assert first == ["=A1.png", "'@x", "-0.5", "0.9"]
    assert second[1] == "'=1+1;@x"


def test_numbers_are_never_escaped():
    frame = pl.DataFrame({"a": [-1.5, None], "b": ["-1.5", "+1e3"], "+c": ["-inf", "\t1"], "d": [None, "--"]})
    plain = plain_cells(frame)
    assert plain.rows() == [(-1.5, "-1.5", "-inf", None), (None, "+1e3", "'\t1", "'--")]
    assert plain.columns == ["a", "b", "'+c", "d"]


@pytest.mark.parametrize("name", ["nul\0x", "a\x1b[2Jb", "line\nbreak"])
def test_a_name_with_a_control_character(name):
    with pytest.raises(ValueError, match="holds a control character") as error:
        TaskSet([MultiLabel("tags", [name])])
    assert name not in str(error.value)
