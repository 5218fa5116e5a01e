"""Parts of one's own are trained from one config, and read again by those who trust them."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.graph import LabelGraph

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
    graph = LabelGraph.load(tmp_path / "run" / "graph.safetensors")
    dark, bright, level = graph.statistic
    drawn = np.random.default_rng(0).random(600).reshape(-1, 4)[:, :2].ravel()  # two of four are in the training split
    assert level[:2].tolist() == pytest.approx([drawn[of].mean() - drawn.mean() for of in (drawn <= 0.5, drawn > 0.5)])
    assert (dark[2], bright[2]) == (level[0], level[1])
    again = CliRunner().invoke(main, ["evaluate", run])
    assert again.exit_code == 2
    assert "my_parts:Shades, my_parts:Contrast, my_parts:patches, my_parts:low_rank, my_parts:huber" in again.output
    trusted = CliRunner().invoke(main, ["evaluate", run, "--trust"])
    assert trusted.exit_code == 0, trusted.output
    wrong = ["--set", "model.head.of.rnak=3", "--output", str(tmp_path / "other")]
    refused = CliRunner().invoke(main, ["train", str(FOLDER / "config.yaml"), *wrong])
    assert "unknown key 'model.head.of.rnak'" in refused.output
    assert "did you mean 'rank'" in refused.output
