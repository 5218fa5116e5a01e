"""Parts of one's own are trained from one config, and read again by those who trust them."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from gcnlabel.cli import main

FOLDER = Path(__file__).parents[2] / "examples" / "your_own_parts"


@pytest.mark.filterwarnings("ignore")
def test_they_train_and_come_back(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.delitem(sys.modules, "my_parts", raising=False)
    run = str(tmp_path / "run")
    made = CliRunner().invoke(main, ["train", str(FOLDER / "config.yaml"), "--output", run])
    assert made.exit_code == 0, made.output
    evaluation = json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert evaluation["head"] == "cosine of my_parts:low_rank"
    assert evaluation["tasks"]["shade"]["accuracy"] > 0.8
    again = CliRunner().invoke(main, ["evaluate", run])
    assert again.exit_code == 2
    assert "my_parts:Shades, my_parts:patches, my_parts:low_rank, my_parts:huber" in again.output
    trusted = CliRunner().invoke(main, ["evaluate", run, "--trust"])
    assert trusted.exit_code == 0, trusted.output
    wrong = ["--set", "model.head.of.rnak=3", "--output", str(tmp_path / "other")]
    refused = CliRunner().invoke(main, ["train", str(FOLDER / "config.yaml"), *wrong])
    assert "unknown key 'model.head.of.rnak'" in refused.output
    assert "did you mean 'rank'" in refused.output
