"""An input that changes while it is read is an error, whoever reads it."""

import os

import numpy as np
import polars as pl
import pytest

from gcnlabel.annotations import iter_table
from gcnlabel.config import parse_config
from gcnlabel.errors import InputError
from gcnlabel.files import unchanged
from gcnlabel.run.data import load_data
from gcnlabel.sources import source as source_module
from gcnlabel.statistics import measure_files, streaming
from gcnlabel.tasks import MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("tags", ("cat", "dog"))])


def replaced(path):
    """Another file of the same size takes its place."""
    other = path.with_name("other")
    other.write_bytes(path.read_bytes()[::-1])
    other.replace(path)


def appended(path):
    with path.open("a") as file:
        file.write("1,1,train\n")


def rewritten(path):
    stat = path.stat()
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("cat,dog,split\n" + "1,0,train\n0,1,val\n1,1,test\n" * 20)
    return path


@pytest.mark.parametrize("change", [replaced, appended, rewritten, os.unlink])
def test_any_change_is_seen(table, change):
    with pytest.raises(InputError, match="t.csv changed while it was read\n  to do: wait"), unchanged([table]):
        change(table)


def test_the_change_explains_what_it_led_to(table):
    with pytest.raises(InputError, match="changed"), unchanged([str(table)]):
        appended(table)
        raise ValueError("row 62 has no number")


def test_without_a_change_errors_are_what_they_were(table):
    with unchanged([table, "not there"]):
        pass
    with pytest.raises(KeyError), unchanged([table]):
        raise KeyError("x")


@pytest.mark.parametrize("change", [replaced, appended])
def test_a_table_that_is_streamed(table, change, monkeypatch):
    parts = iter_table(table, TASKS, chunk_rows=7)
    next(parts)
    change(table)
    with pytest.raises(InputError, match="changed while it was read"):
        list(parts)


def test_a_graph_of_a_table_that_changes_between_its_parts(table, monkeypatch):
    counted = streaming.count_rows

    def count_and_change(path, *layout):
        rows = counted(path, *layout)
        appended(table)
        return rows

    monkeypatch.setattr(streaming, "count_rows", count_and_change)
    with pytest.raises(InputError, match="changed while it was read"):
        measure_files([table], TASKS, {("tags", "tags"): "conditional"}, rows=7)


def test_the_files_of_a_run(table, tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", np.zeros((60, 2)))
    settings = {
        "tasks": {"tags": {"type": "multilabel", "labels": ["cat", "dog"]}},
        "data": {"source": "table", "annotations": str(table), "features": str(tmp_path / "x.npy")},
    }
    read = source_module.load_features

    def read_and_change(path):
        pl.read_csv(table).head(60).write_csv(table)
        return read(path)

    load_data(parse_config(settings))
    monkeypatch.setattr(source_module, "load_features", read_and_change)
    with pytest.raises(InputError, match="t.csv changed while it was read"):
        load_data(parse_config(settings))
