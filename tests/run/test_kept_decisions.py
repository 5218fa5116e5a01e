"""What was decided of the columns of a table is kept with the run."""

import numpy as np
import polars as pl
import pytest
import yaml

from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.run.data import load_data
from gcnlabel.run.tasks import tasks_of

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def config(tmp_path):
    rng = np.random.default_rng(0)
    tags = rng.random((60, 2)) < 0.5
    columns = {"bald": np.where(tags[:, 0], 1, -1), "male": tags[:, 1].astype(int)}
    splits = ["train"] * 40 + ["val"] * 10 + ["test"] * 10
    pl.DataFrame({"split": splits, **columns}).write_csv(tmp_path / "t.csv")
    np.save(tmp_path / "f.npy", tags + rng.normal(size=(60, 2)) * 0.1)
    (tmp_path / "tasks.yaml").write_text(
        "tasks:\n  face: {type: multilabel, labels: [man, bald], columns: {man: male}}\n"
        "  other: {type: multilabel, labels: [male]}\n"
    )
    return parse_config(
        {
            "tasks": str(tmp_path / "tasks.yaml"),
            "only_tasks": ["face"],
            "data": {"source": "table", "annotations": str(tmp_path / "t.csv"), "features": str(tmp_path / "f.npy")},
            "model": {"backbone": {"name": "identity"}, "head": {"name": "linear"}},
            "training": {"epochs": 1},
        }
    )


def test_the_run_keeps_what_minus_one_means(tmp_path, config):
    folder = RunFolder(tmp_path / "run")
    train(config, folder, progress=False)
    kept = yaml.safe_load(folder.config.read_text())["tasks"]
    assert kept["face"]["signed"] == ["bald"]
    assert kept["face"]["columns"] == {"man": "male"}
    assert "other" in kept
    (tmp_path / "tasks.yaml").unlink()
    again = folder.load_config()
    assert tasks_of(again)["face"].source.signed == ("bald",)
    assert set(np.unique(load_data(again).parts["test"].annotations.targets["face"])) == {0, 1}
    assert evaluate(folder)["samples"] == 10


def test_later_readings_follow_the_run(tmp_path, config):
    folder = RunFolder(tmp_path / "run")
    train(config, folder, progress=False)
    table = pl.read_csv(tmp_path / "t.csv")
    only_negative = table.with_columns(bald=pl.lit(-1))
    only_negative.write_csv(tmp_path / "t.csv")
    found = load_data(folder.load_config()).parts["test"].annotations.targets["face"]
    assert (found[:, 1] == 0).all()
    with pytest.raises(InputError, match="meaning of -1 differs"):
        load_data(config)
    table.with_columns(bald=pl.lit(0)).vstack(only_negative).write_csv(tmp_path / "t.csv")
    with pytest.raises(InputError, match="meaning of -1 differs"):
        load_data(folder.load_config())


def test_a_run_is_resumed_with_the_config_that_started_it(tmp_path, config):
    folder = RunFolder(tmp_path / "run")
    train(config, folder, progress=False)
    resume(folder, config, progress=False)
