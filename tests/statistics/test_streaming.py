"""One process, several, and a Dask cluster of two: the same matrix to the last bit."""

import time

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.annotations import read_table
from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.statistics import LabelStatistics, measure_files, streaming
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, TaskSet

TASKS = TaskSet(
    [
        Categorical("mood", ("sad", "happy", "calm")),
        MultiLabel("tags", ("cat", "dog")),
        Dimensional("affect", ("valence", "arousal")),
    ]
)
BLOCKS = {
    ("mood", "affect"): "spearman",
    ("tags", "affect"): "pearson",
    ("affect", "affect"): "spearman",
    ("tags", "tags"): "conditional",
    ("mood", "tags"): "phi",
}


@pytest.fixture(scope="module", params=["csv", "parquet"])
def table(request, tmp_path_factory):
    rng = np.random.default_rng(0)
    n = 1000
    mood = rng.integers(0, 3, n)
    frame = pl.DataFrame(
        {
            "mood": [None if rng.random() < 0.1 else TASKS["mood"].labels[i] for i in mood],
            "cat": rng.integers(0, 2, n),
            "dog": [None if rng.random() < 0.2 else int(rng.random() < 0.3) for _ in range(n)],
            "valence": [None if rng.random() < 0.2 else float(v) for v in np.round(rng.normal(size=n) + mood, 2)],
            "arousal": rng.normal(size=n) + mood,  # no two are equal
            "split": ["train" if rng.random() < 0.7 else "val" for _ in range(n)],
        }
    )
    path = tmp_path_factory.mktemp("table") / f"labels.{request.param}"
    (frame.write_csv if request.param == "csv" else frame.write_parquet)(path)
    return path


@pytest.fixture(scope="module")
def two_workers():
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as made:
        yield made


def matrix(table, **how):
    return measure_files([table], TASKS, BLOCKS, split="train", rows=137, **how).compute()


def test_one_process_is_the_whole_table_at_once(table):
    whole = read_table(table, TASKS, split_column="split").of_split("train")
    at_once = LabelStatistics(TASKS, BLOCKS).update(whole).compute()
    np.testing.assert_allclose(matrix(table), at_once, atol=1e-13)
    exact = slice(0, 3), slice(5, 7)  # Spearman and counts do not depend on the parts
    assert (matrix(table)[exact] == at_once[exact]).all()
    assert len(np.unique(matrix(table))) > 15


def test_two_processes_give_the_same_bits(table):
    assert (matrix(table, workers=2) == matrix(table)).all()


def test_a_cluster_gives_the_same_bits(table, two_workers):
    assert (matrix(table, scheduler=two_workers.scheduler_address) == matrix(table)).all()


def test_a_relative_path_is_the_same_file_in_other_folders(table, two_workers, monkeypatch):
    monkeypatch.chdir(table.parent)  # the workers stay where they are
    how = {"split": "train", "rows": 137, "scheduler": two_workers.scheduler_address}
    assert (measure_files([table.name], TASKS, BLOCKS, **how).compute() == matrix(table)).all()


def test_all_rows_and_several_files(table):
    both = measure_files([table, table], TASKS, BLOCKS, rows=300)
    assert both.num_samples == 2000
    once = measure_files([table], TASKS, BLOCKS, rows=300)
    np.testing.assert_allclose(both.compute(), once.compute(), atol=1e-12)


@pytest.fixture
def declared(tmp_path):
    TASKS.to_yaml(tmp_path / "tasks.yaml")
    return tmp_path / "tasks.yaml"


def build(declared, table, output, *more):
    line = ["build-graph", str(declared), "--annotations", str(table), "--embeddings", "one-hot", *more]
    return CliRunner().invoke(main, [*line, "--output", str(output)])


@pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")
def test_the_command_builds_one_graph_on_any_of_them(declared, table, two_workers, tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "CHUNK_ROWS", 137)
    ways = {"one": (), "two": ("--workers", "2"), "dask": ("--scheduler", two_workers.scheduler_address)}
    for name, more in ways.items():
        result = build(declared, table, tmp_path / f"{name}.safetensors", *more)
        assert result.exit_code == 0, result.output
    one, two, dask = (LabelGraph.load(tmp_path / f"{name}.safetensors") for name in ways)
    for other in (two, dask):
        assert (other.statistic == one.statistic).all()
        assert (other.edge_weight == one.edge_weight).all()
        assert other.history == one.history
    assert one.history["num_samples"] < 1000


def test_no_scheduler_there(declared, table, tmp_path):
    start = time.monotonic()
    result = build(declared, table, tmp_path / "g", "--scheduler", "tcp://127.0.0.1:9", "--timeout", "0.5")
    assert result.exit_code == 2, result.output
    assert "no Dask scheduler at tcp://127.0.0.1:9" in result.output
    assert time.monotonic() - start < 30
    assert not (tmp_path / "g").exists()


def test_no_dask(declared, table, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = build(declared, table, tmp_path / "g", "--scheduler", "tcp://127.0.0.1:9")
    assert result.exit_code == 2
    assert "pip install 'gcnlabel[dask]'" in result.output


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cell_that_cannot_be_read_is_named_by_its_line(tmp_path, workers):
    lines = ["mood,cat,dog,valence,arousal", *["sad,1,0,0.5,0.5"] * 500, "glad,1,0,0.5,0.5"]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"glad(.|\n)*502"):
        measure_files([tmp_path / "t.csv"], TASKS, BLOCKS, rows=100, workers=workers)
