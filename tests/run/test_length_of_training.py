"""Runs that end for want of improvement, and runs whose epochs go over few samples several times."""

import csv
import json

import pytest
from mixed_data import write

from gcnlabel.config import load_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, resume, train
from gcnlabel.training import load_checkpoint

pytestmark = pytest.mark.filterwarnings("ignore")


def config(path, *changes):
    return load_config(path, ["model.head.name=linear", *changes])


def rows(folder):
    with folder.metrics.open() as file:
        return list(csv.DictReader(file))


@pytest.fixture
def path(tmp_path):
    return write(tmp_path)


def test_a_run_that_ended_for_want_of_improvement_is_whole(path, tmp_path):
    folder, settings = RunFolder(tmp_path / "run"), ["training.epochs=30", "training.patience=2", "optimizer.lr=0.3"]
    found = train(config(path, *settings), folder, progress=False)
    losses = [float(row["val/loss"]) for row in rows(folder)]
    best = losses.index(min(losses)) + 1
    assert len(losses) == best + 2 < 30
    assert found["selected"]["epoch"] == best
    assert not any("stopped" in note for note in found["notes"])
    before = folder.last.read_bytes()
    assert resume(folder, progress=False) == found
    assert resume(folder, config(path, *settings, "training.epochs=40"), progress=False)["selected"]["epoch"] == best
    assert (folder.last.read_bytes(), len(rows(folder))) == (before, best + 2)


def test_what_is_missing_of_a_patience_goes_on(path, tmp_path):
    """Stopped by its epochs, before its patience ran out."""
    folder, settings = RunFolder(tmp_path / "run"), ["training.patience=4", "optimizer.lr=0.1"]
    train(config(path, *settings, "training.epochs=2"), folder, progress=False)
    found = resume(folder, config(path, *settings, "training.epochs=5"), progress=False)
    assert len(rows(folder)) == 5
    assert found["selected"]["epoch"] in range(1, 6)


def test_few_samples_are_gone_over_several_times(path, tmp_path):
    folder = RunFolder(tmp_path / "run")
    train(config(path, "training.epochs=2", "training.min_steps=21"), folder, progress=False)
    loops = load_checkpoint(folder.last)
    assert loops["global_step"] == 22
    assert json.loads(folder.evaluation.read_text())["selected"]["epoch"] in (1, 2)
    with pytest.raises(InputError, match=r"training\.epochs: 3 of a run with training\.min_steps"):
        resume(folder, config(path, "training.epochs=3", "training.min_steps=21"), progress=False)
