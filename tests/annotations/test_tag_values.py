"""What cells say of tags that have a column each, and what -1 means there."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gcnlabel.annotations import Annotations, from_frame, iter_table, read_table
from gcnlabel.errors import InputError
from gcnlabel.statistics import measure_files
from gcnlabel.tasks import Columns, MultiLabel, TaskSet

NAN = np.nan


def tags(*labels, **source):
    return TaskSet([MultiLabel("t", labels, source=Columns(**source))])


def read(columns, **source):
    return from_frame(pl.DataFrame(columns), tags(*columns, **source))


@pytest.mark.parametrize(
    ("there", "absent"),
    [
        ("1", "0"),
        ("1.0", "0.0"),
        ("1.000000", "0.000000"),
        ("1e0", "0e0"),
        ("TRUE", "FALSE"),
        ("True", "false"),
        ("yes", "no"),
        ("Yes", "NO"),
        ("y", "n"),
        ("T", "f"),
        ("Present", "absent"),
        ("1", "-1"),
        ("1.0", "-1.0"),
        ("1.000000", "-1.000000"),
    ],
)
def test_words_and_numbers_are_tags(tmp_path, there, absent):
    text = f"a\n{absent}\n {there} \n\n{absent}\n".replace("\n\n", '\n""\n')
    (tmp_path / "t.csv").write_text(text)
    for found in (read_table(tmp_path / "t.csv", tags("a")), read({"a": [absent, f" {there} ", None, absent]})):
        np.testing.assert_array_equal(found.targets["t"][:, 0], [0, 1, NAN, 0])


@pytest.mark.parametrize("dtype", [float, "int64", "Float32", "boolean", bool, "Int8"])
def test_frames_of_any_type(dtype):
    values = pd.array([1, 0, 1], dtype=dtype)
    assert from_frame(pd.DataFrame({"a": values}), tags("a")).targets["t"].ravel().tolist() == [1, 0, 1]
    if "ool" not in str(dtype):
        values = pd.array([1, -1, 1], dtype=dtype)
        assert from_frame(pd.DataFrame({"a": values}), tags("a")).targets["t"].ravel().tolist() == [1, 0, 1]


@pytest.mark.parametrize("text", ["2", "0.5", "maybe", "-2", "10", "inf", "01x"])
def test_other_values_are_refused_and_never_called_missing(text):
    with pytest.raises(InputError, match="is not a tag's value") as error:
        read({"a": ["1", text]})
    assert "missing:" not in str(error.value)
    assert f"codes: {{{text!r}: 1}}" in str(error.value)


@pytest.mark.parametrize(
    "cells", [["-1", "0", "1"], ["-1", "-1"], ["-1", None], ["-1", "yes", "1"], ["-1", "0"], ["1", "-1", "FALSE"]]
)
def test_minus_one_is_refused_unless_one_alone_is_beside_it(cells):
    with pytest.raises(InputError, match=r"tag 'a'.*meaning of -1 differs") as error:
        read({"a": cells, "b": ["1"] * len(cells)})
    row = cells.index("-1")
    assert f"frame, row {row}, column 'a'" in str(error.value)
    assert "codes: {-1: 0}" in str(error.value)


def test_a_declaration_says_what_minus_one_is():
    cells = {"a": ["-1", "0", "1", None]}
    assert read(cells, codes={"-1": "0"}).targets["t"].ravel().tolist()[:3] == [0, 0, 1]
    assert read(cells, codes={"-1": "yes"}).targets["t"].ravel().tolist()[:3] == [1, 0, 1]
    np.testing.assert_array_equal(read(cells, missing=("-1",)).targets["t"].ravel(), [NAN, 0, 1, NAN])


def test_codes_of_tag_columns_and_blank_cells():
    found = read({"a": ["U", "", None, "X", "1", "-1.0"]}, codes={"U": "1", "": "0", "X": "no"}, missing=("-1",))
    np.testing.assert_array_equal(found.targets["t"].ravel(), [1, 0, 0, 0, 1, NAN])
    swapped = read({"a": ["yes", "no"]}, codes={"yes": "0", "no": "1"})
    assert swapped.targets["t"].ravel().tolist() == [0, 1]


def write(tmp_path, cells, name="t.csv"):
    pl.DataFrame({"a": cells, "b": ["1", "0"] * (len(cells) // 2)}).write_csv(tmp_path / name)
    return tmp_path / name


def test_the_decision_stays_with_the_tasks_and_serves_later_files(tmp_path):
    train = read_table(write(tmp_path, ["1", "-1", "-1", "1"]), tags("a", "b"))
    assert train.tasks["t"].source.signed == ("a",)
    alone = write(tmp_path, ["-1", "-1"], "test.csv")
    with pytest.raises(InputError, match="without any 1"):
        read_table(alone, tags("a", "b"))
    assert read_table(alone, train.tasks).targets["t"].tolist() == [[0, 1], [0, 0]]
    with pytest.raises(InputError, match="-1 beside"):
        read_table(write(tmp_path, ["-1", "0"], "other.csv"), train.tasks)
    TaskSet(train.tasks).to_yaml(tmp_path / "tasks.yaml")
    assert TaskSet.from_yaml(tmp_path / "tasks.yaml")["t"].source.signed == ("a",)


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 100])
def test_parts_are_read_as_the_whole(tmp_path, rows):
    cells = ["-1", "-1", "-1", "1", "1", "-1"]
    path = write(tmp_path, cells)
    whole = read_table(path, tags("a", "b"))
    parts = Annotations.concatenate(list(iter_table(path, tags("a", "b"), chunk_rows=rows)))
    np.testing.assert_array_equal(parts.targets["t"], whole.targets["t"])
    assert whole.targets["t"][:, 0].tolist() == [0, 0, 0, 1, 1, 0]
    blocks = {("t", "t"): "conditional"}
    one = measure_files([path], tags("a", "b"), blocks).compute()
    assert (measure_files([path], tags("a", "b"), blocks, rows=rows).compute() == one).all()
    assert (measure_files([path], tags("a", "b"), blocks, rows=rows, workers=2).compute() == one).all()
    assert one[1, 0] == 1 / 3  # of the 3 rows with b, one has a


@pytest.mark.parametrize("last", ["0", "-1"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_doubtful_column_is_refused_wherever_the_doubt_stands(tmp_path, last, workers):
    path = write(tmp_path, ["-1"] * 5 + [last])
    for act in (
        lambda: list(iter_table(path, tags("a", "b"), chunk_rows=2)),
        lambda: measure_files([path], tags("a", "b"), {("t", "t"): "phi"}, rows=2, workers=workers),
    ):
        with pytest.raises(InputError, match=r"meaning of -1 differs(.|\n)*t.csv, row 2, column 'a'"):
            act()


def test_several_files_of_a_graph_are_decided_together(tmp_path):
    blocks = {("t", "t"): "conditional"}
    first, second = write(tmp_path, ["-1", "-1"]), write(tmp_path, ["1", "-1"], "u.csv")
    assert measure_files([first, second], tags("a", "b"), blocks).compute()[1, 0] == 0.5
    with pytest.raises(InputError, match="meaning of -1 differs"):
        measure_files([first, write(tmp_path, ["0", "1"], "v.csv")], tags("a", "b"), blocks)


def test_two_tags_of_one_column():
    both = TaskSet([MultiLabel("t", ("a", "b"), source=Columns(columns={"a": "x", "b": "x"}))])
    assert from_frame(pl.DataFrame({"x": ["yes", "0"]}), both).targets["t"].tolist() == [[1, 1], [0, 0]]
