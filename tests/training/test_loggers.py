"""Losses and metrics go where a config names loggers, and what is not installed is said."""

import importlib.util

import polars as pl
import pytest

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, train

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = {
    "data": {"source": "synthetic-faces", "train": 40, "val": 20, "test": 20},
    "model": {"backbone": {"name": "small_cnn", "widths": [4]}, "head": "linear"},
}


def test_two_loggers_at_once(tmp_path):
    pytest.importorskip("tensorboard")
    config = parse_config({**SMALL, "training": {"epochs": 2, "loggers": ["tensorboard", "csv"]}})
    train(config, RunFolder(tmp_path / "run"), progress=False)
    assert list((tmp_path / "run" / "logs" / "tensorboard").rglob("events.*"))
    (found,) = (tmp_path / "run" / "logs" / "csv").rglob("metrics.csv")
    ours, theirs = pl.read_csv(tmp_path / "run" / "metrics.csv"), pl.read_csv(found)
    assert theirs["val/loss"].drop_nulls().to_list() == pytest.approx(ours["val/loss"].to_list())


@pytest.mark.parametrize("name", ["wandb", "mlflow", "tensorboard"])
def test_a_package_that_is_not_there_is_said(name, tmp_path, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda package, *of: None if package == name else found(package))
    with pytest.raises(InputError, match=f"'{name}' needs {name}") as error:
        train(parse_config({**SMALL, "training": {"loggers": [name]}}), RunFolder(tmp_path / "run"))
    assert f"pip install 'gcnlabel[{name}]'" in str(error.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["wandb", "mlflow"])
def test_servers_are_not_needed(name, tmp_path, monkeypatch):
    """Runs are written into the run folder."""
    pytest.importorskip(name)
    monkeypatch.setenv("WANDB_SILENT", "true")
    config = parse_config({**SMALL, "training": {"epochs": 1, "loggers": [name]}})
    train(config, RunFolder(tmp_path / "run"), progress=False)
    found = {"wandb": "wandb/offline-run-*", "mlflow": "mlflow.db"}[name]
    assert list((tmp_path / "run" / "logs").glob(found))


@pytest.mark.parametrize(("old", "today"), [(True, ["tensorboard"]), (False, [])])
def test_the_key_of_earlier_versions(old, today):
    config = parse_config({**SMALL, "training": {"tensorboard": old}})
    assert [part.name for part in config.training.loggers] == today
