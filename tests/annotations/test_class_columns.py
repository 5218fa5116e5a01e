"""Classes that have a column each, and tags of which some are known to be there and others to be absent."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gcnlabel.annotations import from_frame, iter_table, read_table
from gcnlabel.errors import InputError
from gcnlabel.tasks import Categorical, Columns, MultiLabel, TaskSet

NAN = np.nan


def classes(**source):
    return TaskSet([Categorical("mood", ("calm", "happy", "sad"), source=Columns(**source))])


ONE_HOT = {"calm": [1, 0, 0, None, 0, None], "happy": [0, 1, 0, None, None, 1], "sad": [0, 0, 1, None, 0, None]}
FOUND = [0, 1, 2, -1, -1, 1]


@pytest.mark.parametrize(
    "as_text",
    [lambda v: v, {0: "no", 1: "yes"}.get, {0: "0.0", 1: "1.0"}.get],
)
def test_one_column_is_one(as_text):
    frame = pl.DataFrame({name: [as_text(v) for v in values] for name, values in ONE_HOT.items()})
    assert from_frame(frame, classes()).targets["mood"].tolist() == FOUND
    renamed = frame.rename({"calm": "is_calm"})
    assert from_frame(renamed, classes(columns={"calm": "is_calm"})).targets["mood"].tolist() == FOUND


def test_a_column_of_the_task_comes_first():
    frame = pl.DataFrame({"mood": ["sad"], "calm": [1], "happy": [0], "sad": [0]})
    assert from_frame(frame, classes()).targets["mood"].tolist() == [2]
    assert from_frame(frame, classes(columns={"calm": "calm"})).targets["mood"].tolist() == [0]


def test_signed_columns_of_classes(tmp_path):
    rows = -np.ones((6, 3), dtype=int)
    rows[np.arange(6), [0, 1, 2, 2, 1, 0]] = 1
    pl.DataFrame(rows, schema=["calm", "happy", "sad"]).write_csv(tmp_path / "t.csv")
    found = read_table(tmp_path / "t.csv", classes())
    assert found.targets["mood"].tolist() == [0, 1, 2, 2, 1, 0]
    source = found.tasks["mood"].source
    assert source.signed == ("calm", "happy", "sad")
    assert source.columns == {"calm": "calm", "happy": "happy", "sad": "sad"}
    parts = [part.targets["mood"] for part in iter_table(tmp_path / "t.csv", classes(), chunk_rows=1)]
    assert np.concatenate(parts).tolist() == [0, 1, 2, 2, 1, 0]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([1, 0, 1], r"2 classes in one row \(calm, sad\)(.|\n)*row 0, column 'calm, happy, sad'(.|\n)*multilabel"),
        ([0, 0, 0], r"no classes in one row(.|\n)*leave their cells empty"),
        ([4, 0, 1], r"'4' is not a class's value(.|\n)*votes: true"),
        ([0.7, 0.2, 0.1], r"'0.7' is not a class's value(.|\n)*votes: true"),
        (["x", 0, 1], r"'x' is not a class's value"),
    ],
)
def test_rows_that_are_no_class(row, message):
    with pytest.raises(InputError, match=message) as error:
        from_frame(pl.DataFrame({name: [str(v)] for name, v in zip(ONE_HOT, row, strict=True)}), classes())
    assert "missing:" not in str(error.value)


def test_no_column_says_what_there_may_be():
    with pytest.raises(InputError, match=r"no column 'mood'(.|\n)*columns: {CLASS: COLUMN}"):
        from_frame(pl.DataFrame({"calm": [1], "happy": [0]}), classes())


def partly(**source):
    source = Columns(column="pos", negatives="neg", **source)
    return TaskSet([MultiLabel("t", ("cat", "dog", "cow", "horse"), source=source)])


def test_known_positives_and_known_negatives(tmp_path):
    text = 'pos,neg\n"cat,cow",dog\ndog,"cat,horse"\n"cat,dog,cow",\n,cow\n,\n[],[]\n"[\'cat\']","[""dog""]"\n'
    (tmp_path / "t.csv").write_text(text)
    expected = [
        [1, 0, 1, NAN],
        [0, 1, NAN, 0],
        [1, 1, 1, NAN],
        [NAN, NAN, 0, NAN],
        [NAN] * 4,
        [NAN] * 4,
        [1, 0, NAN, NAN],
    ]
    np.testing.assert_array_equal(read_table(tmp_path / "t.csv", partly(separator=",")).targets["t"], expected)
    listed = pl.DataFrame({"pos": [[0, 2], [1], None], "neg": [[1], [0, 3], [2]]})
    codes = {"0": "cat", "1": "dog", "2": "cow", "3": "horse"}
    found = from_frame(listed, partly(codes=codes)).targets["t"]
    np.testing.assert_array_equal(found, [expected[0], expected[1], expected[3]])


def test_a_tag_in_both_lists_is_refused():
    with pytest.raises(InputError, match=r"'dog' is listed as present and as absent(.|\n)*row 1, column 'neg'"):
        from_frame(pl.DataFrame({"pos": ["cat", "dog"], "neg": ["dog", "dog cat"]}), partly())


def test_codes_of_1_and_0_are_of_columns(tmp_path):
    """What the message about -1 tells to do works as it is told, without naming the columns."""
    (tmp_path / "t.csv").write_text("calm,happy,sad\n1,-1,-1\n-1,1,-1\n")
    with pytest.raises(InputError, match=r"-1 without any 1(.|\n)*codes: {-1: 0}"):
        read_table(tmp_path / "t.csv", classes())
    found = read_table(tmp_path / "t.csv", classes(codes={"-1": "0"}))
    assert found.targets["mood"].tolist() == [0, 1]
    (tmp_path / "t.csv").write_text("calm,happy,sad\nx,,\n,,x\n")
    assert read_table(tmp_path / "t.csv", classes(codes={"x": "1", "": "0"})).targets["mood"].tolist() == [0, 2]
    numbers = TaskSet([Categorical("n", ("0", "1"), source=Columns(codes={"a": "1", "b": "0"}))])
    assert from_frame(pl.DataFrame({"n": ["a", "b"]}), numbers).targets["n"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["Calm", "Happy", "Sad"], "columns: {calm: Calm, happy: Happy, sad: Sad}"),
        (["mood_calm", "mood_happy", "mood_sad"], "columns: {calm: mood_calm, happy: mood_happy, sad: mood_sad}"),
        (["calm", "happy", "x"], "of its labels, calm, happy have a column, and sad have none"),
    ],
)
@pytest.mark.parametrize("kind", ["categorical", "multilabel"])
def test_columns_that_are_called_otherwise_are_named(names, says, kind):
    frame = pl.DataFrame(dict(zip(names, np.eye(3), strict=True)))
    labels = {"classes" if kind == "categorical" else "labels": ["calm", "happy", "sad"]}
    with pytest.raises(InputError) as told:
        from_frame(frame, TaskSet.from_dict({"mood": {"type": kind, **labels}}))
    assert says in str(told.value)
    if "columns" in says:
        given = dict(pair.split(": ") for pair in says[len("columns: {") : -1].split(", "))
        tasks = TaskSet.from_dict({"mood": {"type": kind, **labels, "columns": given}})
        found = from_frame(frame, tasks).targets["mood"]
        assert found.tolist() == ([0, 1, 2] if kind == "categorical" else np.eye(3).tolist())


def test_columns_of_a_pandas_frame_that_stand_twice():
    frame = pd.DataFrame([[1, 0, 5, 6], [0, 1, 5, 6]], columns=["calm", "happy", "note", "note"])
    tasks = TaskSet([Categorical("mood", ("calm", "happy"))])
    assert from_frame(frame, tasks).targets["mood"].tolist() == [0, 1]
    with pytest.raises(InputError, match="duplicate column: calm"):
        from_frame(frame.rename(columns={"note": "calm"}), tasks)
    with pytest.raises(InputError, match="duplicate column: 1"):
        from_frame(pd.DataFrame(np.eye(2), columns=[1, "1"]), TaskSet([MultiLabel("t", ("1",))]))


def test_very_many_votes():
    votes = TaskSet([Categorical("mood", ("calm", "happy"), source=Columns(votes=True))])
    frame = pl.DataFrame({"calm": [1e308, 5e-324, 3.0], "happy": [1e308, 0.0, 1.0]})
    assert from_frame(frame, votes).targets["mood"].tolist() == [[0.5, 0.5], [1, 0], [0.75, 0.25]]
