"""Rows that can be read but look like a mistake."""

import gzip
import re

import polars as pl
import pytest

from gcnlabel.annotations import from_frame, iter_table, read_rows, read_table
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks import TaskSet

TASKS = TaskSet.from_dict({"mood": {"type": "categorical", "classes": ["sad", "happy"]}})
COLUMNS = {"split_column": "split", "id_column": "id"}


def warned(path, **options):
    with pytest.warns(GcnlabelWarning) as found:
        read_table(path, TASKS, **options)
    return [str(warning.message) for warning in found]


def write(tmp_path, *rows, name="a.csv"):
    path = tmp_path / name
    text = "\n".join(["id,split,mood,note", *rows, ""]).encode()
    path.write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    return path


def test_ids_in_several_rows(tmp_path):
    path = write(tmp_path, "a,train,sad,x", "b,train,sad,x", "a,train,happy,x", "c,test,sad,x", "b,test,sad,x")
    (text,) = warned(path, **COLUMNS)
    assert text == f"2 id(s) of {path} occur in several rows: a, b (rows 2, 3, 4, 6)"
    with pytest.warns(GcnlabelWarning, match=r"1 id\(s\) of frame .*: a \(rows 0, 1\)"):
        from_frame(pl.DataFrame({"id": ["a", "a"], "mood": ["sad", "sad"]}), TASKS, id_column="id")


def test_splits_that_differ_in_case_or_spaces(tmp_path):
    path = write(tmp_path, "a,train,sad,x", "b,Train,sad,x", "c,train,sad,x", "d,test,sad,x", "e,train ,sad,x")
    texts = warned(path, **COLUMNS)
    assert len(texts) == 2
    assert "1 row(s)" in texts[0]
    for spelling, row in (("Train", 3), ("train ", 6)):
        assert any(
            re.search(f"split {spelling!r}.*differs from 'train' only in case.*rows {row}", text) for text in texts
        )


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_rows_that_are_cut_off(tmp_path, name):
    path = write(
        tmp_path, "a,train,sad,", 'b,train,sad,"x\n,y"', "c,train,happy", "d,train", "e,train,sad,x", name=name
    )
    (text,) = warned(path, **COLUMNS)
    assert f"2 row(s) of {path} are truncated" in text
    assert "(rows 4, 5)" in text


def test_whole_rows_with_empty_cells_are_no_warning(tmp_path):
    path = write(tmp_path, "a,train,,", "b,test,sad,")
    assert read_table(path, TASKS, **COLUMNS).targets["mood"].tolist() == [-1, 0]
    (tmp_path / "b.csv").write_text('mood\nsad\n\n""\n')
    read_table(tmp_path / "b.csv", TASKS)


@pytest.mark.parametrize(("row", "times"), [("c,test,sad,x", 1), ("c,test,sad", 2), ('c,test,sad,"x\ny"', 2)])
@pytest.mark.filterwarnings("ignore")
def test_a_text_is_looked_through_again_only_where_its_cells_give_a_reason(tmp_path, monkeypatch, row, times):
    path, opened, real = write(tmp_path, "a,train,sad,x", "b,test,happy,x", row), [], open
    monkeypatch.setattr("builtins.open", lambda file, *how, **more: (opened.append(file), real(file, *how, **more))[1])
    read_table(path, TASKS, **COLUMNS)
    assert opened.count(path) == times  # its first lines, to see its form; and then all of it


@pytest.mark.parametrize(
    "read", [lambda path: read_rows(path, TASKS, 0, 9), lambda path: list(iter_table(path, TASKS))]
)
def test_an_overlong_row_is_named(tmp_path, read):
    path = write(tmp_path, 'a,train,sad,"x,y"', "b,train,sad,x,y")
    with pytest.raises(InputError, match=r"a.csv cannot be read: row 3 has 5 cells\n.*\n.*4 cells(.|\n)*quote"):
        read(path)


def test_all_rows_warn_of_five(tmp_path):
    path = write(tmp_path, *["a,train,sad,x"] * 9)
    assert warned(path, **COLUMNS)[0].endswith("(rows 2, 3, 4, 5, 6 and 4 more)")
