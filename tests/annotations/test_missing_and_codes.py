"""What pandas and spreadsheets write for codes and for nothing."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gcnlabel.annotations import from_frame, read_table
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet


def tasks_of(**spec):
    return TaskSet.from_dict({"t": spec})


FACES = tasks_of(type="categorical", classes=["neutral", "happy", "sad"], codes={0: "neutral", 1: "happy", 2: "sad"})


def test_codes_of_an_integer_column_with_gaps(tmp_path):
    frame = pd.DataFrame({"t": [0, 2, None, 1], "n": range(4)})
    assert frame["t"].dtype == float
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert "2.0" in (tmp_path / "a.csv").read_text()
    assert read_table(tmp_path / "a.csv", FACES).targets["t"].tolist() == [0, 2, -1, 1]


def test_a_marker_is_found_however_it_is_written():
    marked = tasks_of(type="categorical", classes=["a", "b"], codes={"0": "a", "1.0": "b"}, missing=-1)
    cells = pl.DataFrame({"t": ["0.0", "1", "-1.0", "-1", "b", "1.0"]})
    assert from_frame(cells, marked).targets["t"].tolist() == [0, 1, -1, -1, 1, 1]


def test_a_class_of_that_very_name_comes_first():
    versions = tasks_of(type="categorical", classes=["1", "1.0"])
    assert from_frame(pl.DataFrame({"t": ["1.0", "1"]}), versions).targets["t"].tolist() == [1, 0]


def test_codes_of_tags_in_one_cell():
    tags = tasks_of(type="multilabel", labels=["cat", "dog"], column="t", codes={1: "cat", 2: "dog"})
    np.testing.assert_array_equal(from_frame(pl.DataFrame({"t": ["2.0", "1"]}), tags).targets["t"], [[0, 1], [1, 0]])


def test_half_a_code_is_none():
    with pytest.raises(InputError, match="unknown class '1.5'"):
        from_frame(pl.DataFrame({"t": ["1.5"]}), FACES)


@pytest.mark.parametrize("text", ["NA", "nan", "NaN", "N/A", "?", "-", "none"])
@pytest.mark.parametrize(
    "spec",
    [
        {"type": "categorical", "classes": ["sad", "happy"]},
        {"type": "multilabel", "labels": ["t"]},
        {"type": "multilabel", "labels": ["cat"], "column": "t"},
        {"type": "dimensional", "dims": ["t"], "range": [0, 1]},
    ],
)
def test_what_looks_missing_is_told_how_to_be_declared(text, spec):
    tasks, cells = tasks_of(**spec), pl.DataFrame({"t": [text]})
    with pytest.raises(InputError) as error:
        from_frame(cells, tasks)
    assert f"data.missing: ['{text}']" in str(error.value)
    assert "--missing " in str(error.value)
    target = from_frame(cells, tasks, missing=(text,)).targets["t"]
    assert target.tolist() == [-1] or np.isnan(target).all()


def test_tags_behind_another_separator():
    tags = tasks_of(type="multilabel", labels=["smile", "glasses"], column="t")
    with pytest.raises(InputError, match=r"unknown tag 'smile;glasses'(.|\n)*separated by ' '; declare separator"):
        from_frame(pl.DataFrame({"t": ["smile;glasses"]}), tags)


@pytest.mark.parametrize("text", ["-1", "-2", "-1.0", "99", "unknown", "x"])
@pytest.mark.parametrize(
    "spec",
    [
        {"type": "categorical", "classes": ["sad", "happy"]},
        {"type": "categorical", "classes": ["sad", "happy"], "codes": {0: "sad", 1: "happy"}},
        {"type": "multilabel", "labels": ["cat"], "column": "t"},
        {"type": "dimensional", "dims": ["t"], "range": [0, 1]},
    ],
)
def test_a_value_is_never_said_to_be_missing(text, spec):
    with pytest.raises(InputError) as error:
        from_frame(pl.DataFrame({"t": [text]}), tasks_of(**spec))
    advice = str(error.value).partition("to do: ")[2]
    assert "missing" not in advice
    assert "mend the range" not in advice


def test_none_is_a_class_where_it_is_declared():
    faces = tasks_of(type="categorical", classes=["happy", "none"])
    assert from_frame(pl.DataFrame({"t": ["none", "happy"]}), faces).targets["t"].tolist() == [1, 0]
    with pytest.raises(InputError, match="did you mean 'none'"):
        from_frame(pl.DataFrame({"t": ["None"]}), faces)
