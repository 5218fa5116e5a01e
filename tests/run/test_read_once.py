"""The data of a run are read once by each command, and not at all by those that need none."""

import numpy as np
import pytest

from gcnlabel.config import parse_config
from gcnlabel.prediction import predict
from gcnlabel.run import RunFolder, evaluate, resume, train
from gcnlabel.sources import table

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def settings(tmp_path):
    rows = [f"{i % 2},{i % 3 // 2},{i % 5},{('train', 'train', 'val', 'test')[i % 4]}" for i in range(80)]
    (tmp_path / "a.csv").write_text("\n".join(["cat,dog,age,split", *rows]))
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(80, 4)).astype(np.float32))
    data = {"source": "table", "annotations": str(tmp_path / "a.csv"), "features": str(tmp_path / "x.npy")}
    tags = {"type": "multilabel", "labels": ["cat", "dog"], "columns": {"cat": "cat", "dog": "dog"}}
    return {
        "tasks": {"tags": tags, "age": {"type": "dimensional", "dims": ["age"]}},
        "data": data,
        "model": {"backbone": {"name": "identity"}, "head": {"name": "default"}},
        "training": {"epochs": 1, "rare_samples": 0},
    }


def test_each_command_reads_a_table_once(settings, tmp_path, monkeypatch):
    times = []
    read = table.read_table
    monkeypatch.setattr(table, "read_table", lambda *given, **options: (times.append(1), read(*given, **options))[1])
    run = RunFolder(tmp_path / "run")

    def reads_of(command, *given, **options):
        times.clear()
        command(*given, **options)
        return len(times)

    assert reads_of(train, parse_config(settings), run, progress=False) == 1
    longer = {**settings, "training": {"epochs": 2, "rare_samples": 0}}
    assert reads_of(resume, run, progress=False) == 1
    assert reads_of(resume, run, parse_config(longer), progress=False) == 2  # base models begin anew: by what, and then
    linear = {**settings, "model": {"backbone": {"name": "identity"}, "head": {"name": "linear"}}}
    assert reads_of(train, parse_config(linear), RunFolder(tmp_path / "linear"), progress=False) == 1
    more = {**linear, "training": longer["training"]}
    assert reads_of(resume, RunFolder(tmp_path / "linear"), parse_config(more), progress=False) == 1
    assert reads_of(evaluate, run) == 1
    assert reads_of(predict, run, tmp_path / "x.npy") == 0
