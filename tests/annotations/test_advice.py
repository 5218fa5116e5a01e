"""What messages about annotations tell a user of the command line to do."""

import polars as pl
import pytest
from click.testing import CliRunner

from gcnlabel.annotations import Long, from_frame
from gcnlabel.cli import main
from gcnlabel.errors import InputError
from gcnlabel.graph import GraphRecipe, LabelGraph
from gcnlabel.tasks import TaskSet

TASKS = TaskSet.from_dict({"t": {"type": "categorical", "classes": ["happy", "sad"]}})


def test_the_options_that_name_columns_are_named():
    cells = pl.DataFrame({"t": ["sad"], "part": ["train"]})
    with pytest.raises(InputError, match=r"no column 'split'(.|\n)*t, part(.|\n)*data.split_column .*--split-column"):
        from_frame(cells, TASKS, split_column="split")
    with pytest.raises(InputError, match=r"no column 'name'(.|\n)*data.id_column"):
        from_frame(cells, TASKS, id_column="name")


def test_the_splits_that_are_there_are_named():
    cells = pl.DataFrame({"t": ["sad", "happy"], "split": ["train", "dev"]})
    with pytest.raises(InputError, match=r"no sample of split 'val'(.|\n)*dev, train(.|\n)*data.splits; val: null"):
        from_frame(cells, TASKS, split_column="split").of_split("val")
    with pytest.raises(
        InputError, match=r"no split column(.|\n)*data.split_column names(.|\n)*--split-column(.|\n)*annotations.select"
    ):
        from_frame(cells, TASKS).of_split("val")
    with pytest.raises(InputError, match=r"no sample of split 'Dev'(.|\n)*did you mean 'dev'"):
        from_frame(cells, TASKS, split_column="split").of_split("Dev")


def build_graph(tmp_path, monkeypatch, *options):
    monkeypatch.chdir(tmp_path)
    TASKS.to_yaml("tasks.yaml", overwrite=True)
    pl.DataFrame({"t": ["happy", "sad"], "split": ["train", "train"]}).write_csv("a.csv")
    line = ["build-graph", "tasks.yaml", "--annotations", "a.csv", "--statistic", "t=phi", "--output", "g.safetensors"]
    result = CliRunner().invoke(main, [*line, *options])
    assert result.exit_code == 2
    assert not (tmp_path / "g.safetensors").exists()
    return result.stderr


def test_build_graph_of_a_split_that_is_not_there(tmp_path, monkeypatch):
    text = build_graph(tmp_path, monkeypatch, "--split", "dev")
    assert "no sample to measure" in text
    assert all(option in text for option in ("--split-column", "--split (data.splits.train)", "--split all"))


def test_build_graph_by_a_column_that_is_not_there(tmp_path, monkeypatch):
    text = build_graph(tmp_path, monkeypatch, "--split-column", "part")
    assert "no column 'part'" in text
    assert "expected: t, split" in text
    assert "--split-column" in text


def test_a_convention_that_connects_nothing_names_the_options():
    with pytest.raises(
        InputError, match=r"connects no pair(.|\n)*graph.statistic: {t: phi}.*--statistic t=phi.*--pairs t:t"
    ):
        GraphRecipe(convention="ml-gcn-paper").finish(LabelGraph.from_dense([[0, 1], [1, 0]], TASKS))


def test_long_form_of_present_labels_alone_needs_a_column_of_ones():
    with pytest.raises(InputError, match=r"SAMPLE,LABEL,VALUE(.|\n)*of 1 in each row"):
        Long.parse("id,tag")
