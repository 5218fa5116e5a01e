"""The example of molecules as graphs, on the first of the real ones: with its own split, and with a scaffold split."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.config import load_config
from gcnlabel.run.data import load_data

FOLDER = Path(__file__).parents[2] / "examples" / "molecules"


@pytest.fixture
def some(shared_data, tmp_path, monkeypatch):
    (tmp_path / "molecules").mkdir()
    table = pl.read_csv(shared_data / "molecules" / "labels.csv", infer_schema=False)
    table.head(300).write_csv(tmp_path / "molecules" / "labels.csv")
    monkeypatch.setenv("GCNLABEL_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.filterwarnings("ignore")
def test_graphs_train_with_a_scaffold_split(some):
    labels, scaffolds = some / "molecules" / "labels.csv", some / "scaffolds.csv"
    line = [sys.executable, str(FOLDER / "scaffolds.py"), str(labels), str(scaffolds)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("300 molecules, ")
    table = pl.read_csv(scaffolds)
    assert (table.filter(~pl.col("smiles").str.contains("[0-9]"))["scaffold"] == "acyclic").all()  # no ring closure
    assert (table.filter(pl.col("smiles") == "Cc1ccccc1")["scaffold"] == "c1ccccc1").all()
    changes = [
        f"data.annotations={scaffolds}",
        "data.group_column=scaffold",
        "data.splits={train: 0.6, val: 0.2, test: 0.2}",
        "training.epochs=1",
        "model.backbone={name: gin, hidden: 16, layers: 2}",
    ]
    data = load_data(load_config(str(FOLDER / "graphs.yaml"), changes))
    groups = [set(data.parts[name].annotations.groups) for name in ("train", "val", "test")]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
    settings = [word for change in changes for word in ("--set", change)]
    trained = CliRunner().invoke(
        main, ["train", str(FOLDER / "graphs.yaml"), *settings, "--output", str(some / "run"), "--json"]
    )
    assert trained.exit_code == 0, trained.output
    evaluation = json.loads((some / "run" / "evaluation.json").read_text())
    assert "data.group_column" in str(evaluation) or "scaffold" in str(evaluation)
    assert 0 < evaluation["tasks"]["assays"]["lrap"] <= 1


@pytest.mark.filterwarnings("ignore")
def test_graphs_and_fingerprints_have_the_same_tasks_and_split(some):
    fingerprints, graphs = (load_config(str(FOLDER / name)) for name in ("config.yaml", "graphs.yaml"))
    assert fingerprints.tasks == graphs.tasks
    assert fingerprints.data.splits == graphs.data.splits
