import gzip
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from gcnlabel.annotations import Annotations, from_frame, iter_table, read_table, warn_unseen
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks import TaskSet

DECLARED = {
    "expression": {"type": "categorical", "classes": ["sad", "happy"], "codes": {0: "sad", 1: "happy"}, "missing": -1},
    "affect": {"type": "dimensional", "dims": ["valence", "arousal"], "range": [-1, 1], "missing": -2},
    "tags": {"type": "multilabel", "labels": ["cat", "dog"], "columns": {"dog": "is_dog"}},
}
TASKS = TaskSet.from_dict(DECLARED)
TEXT = """id,split,expression,valence,arousal,cat,is_dog
a,train,0,.5,-2,1,0
b,train,happy,-2.0,1,,1
c,test,-1,0,,true,0
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TEXT)
    return path


def check(annotations: Annotations) -> None:
    assert annotations.targets["expression"].tolist() == [0, 1, -1]
    np.testing.assert_array_equal(annotations.targets["affect"], [[0.5, np.nan], [np.nan, 1], [0, np.nan]])
    np.testing.assert_array_equal(annotations.targets["tags"], [[1, 0], [np.nan, 1], [1, 0]])


def test_csv_by_hand(table):
    annotations = read_table(table, TASKS, split_column="split", id_column="id")
    check(annotations)
    assert annotations.split.tolist() == ["train", "train", "test"]
    assert annotations.ids.tolist() == ["a", "b", "c"]
    assert len(annotations.of_split("train")) == 2


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separators_and_gzip(tmp_path, separator):
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write(TEXT.replace(",", separator))
    check(read_table(path, TASKS))


def test_parquet_and_frames(table, tmp_path):
    frame = pl.read_csv(table)
    frame.write_parquet(tmp_path / "a.parquet")
    check(read_table(tmp_path / "a.parquet", TASKS))
    check(from_frame(frame, TASKS))
    check(from_frame(pd.read_csv(table), TASKS))


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_streaming_gives_the_same(tmp_path, rows):
    path = tmp_path / "long.csv"
    pl.DataFrame({"expression": ["sad", "happy", None] * 50, "valence": np.linspace(-1, 1, 150)}).write_csv(path)
    tasks = TaskSet.from_dict(
        {
            "expression": {"type": "categorical", "classes": ["sad", "happy"]},
            "affect": {"type": "dimensional", "dims": ["valence"]},
        }
    )
    whole, parts = read_table(path, tasks), list(iter_table(path, tasks, chunk_rows=rows))
    joined = Annotations.concatenate(parts)
    for name in whole.targets:
        np.testing.assert_array_equal(joined.targets[name], whole.targets[name])


def test_tags_in_one_cell(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('tags\n"cat, dog"\n[]\n""\ncat\n')
    tasks = TaskSet.from_dict(
        {"t": {"type": "multilabel", "labels": ["cat", "dog"], "column": "tags", "separator": ","}}
    )
    frame = pl.DataFrame({"tags": ["cat, dog", "[]", "", "cat"]})
    expected = [[1, 1], [0, 0], [np.nan, np.nan], [1, 0]]
    np.testing.assert_array_equal(from_frame(frame, tasks).targets["t"], expected)


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ("happy", "hapy", ["unknown class 'hapy'", "row 3", "'expression'", "did you mean 'happy'"]),
        ("a,train,0", "a,train,7", ["unknown class '7'", "row 2"]),
        (",.5,", ",1.5,", ["valence = 1.5", "row 2", "'valence'", r"\[-1, 1\]"]),
        (",.5,", ",high,", ["'high' is not a finite number", "row 2", "'valence'"]),
        (",.5,", ",nan,", ["'nan' is not a finite number", "row 2"]),
        (",.5,", ",inf,", ["'inf' is not a finite number", "row 2"]),
        (",1,0\n", ",2,0\n", ["'2' is not a tag's value", "row 2", "'cat'"]),
        ("valence,", "valance,", ["no column 'valence'", "did you mean 'valance'"]),
        ("cat,is_dog", "cat,cat", ["duplicate column: cat"]),
        ("c,test", "c,test,x", ["row 4 has 8 cells", "7 cells, as in the header", "quote cells"]),
    ],
)
def test_bad_cells_name_row_and_column(tmp_path, old, new, messages):
    path = tmp_path / "a.csv"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        read_table(path, TASKS)
    for message in messages:
        assert re.search(message, str(error.value))


def test_the_row_is_right_in_a_later_chunk(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("expression\n" + "sad\n" * 10 + "glad\n")
    tasks = TaskSet.from_dict({"expression": {"type": "categorical", "classes": ["sad", "happy"]}})
    with pytest.raises(InputError, match="row 12"):
        list(iter_table(path, tasks, chunk_rows=3))


def test_codes_are_never_guessed(tmp_path):
    tasks = TaskSet.from_dict({"expression": {"type": "categorical", "classes": ["sad", "happy"]}})
    with pytest.raises(InputError, match="declare what the codes mean"):
        from_frame(pl.DataFrame({"expression": [0, 1]}), tasks)


@pytest.mark.parametrize(
    ("text", "message"), [(None, "not found"), ("", "is empty"), ("expression\n", "header without rows")]
)
def test_missing_empty_and_headers_alone(tmp_path, text, message):
    path = tmp_path / "a.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_table(path, TaskSet.from_dict({"expression": DECLARED["expression"]}))


@pytest.mark.parametrize("step", ["scan_parquet", "LazyFrame.collect_schema", "LazyFrame.collect_batches"])
def test_a_file_that_makes_polars_panic(table, tmp_path, monkeypatch, step):
    def panic(*args, **options):
        raise pl.exceptions.PanicException("called `Option::unwrap()` on a `None` value")

    pl.read_csv(table).write_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(f"polars.{step}", panic)
    with pytest.raises(InputError, match=r"a\.parquet .*unwrap"):
        read_table(tmp_path / "a.parquet", TASKS)


def test_no_parquet_and_no_text(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00\x01\n\xff")
    for name in ("a.parquet", "a.csv"):
        with pytest.raises(InputError, match="is no Parquet file|is not a text file|is in UTF-16"):
            read_table(tmp_path / name, TASKS)


def test_unseen_labels_are_named(table):
    with pytest.warns(GcnlabelWarning, match="sad"):
        warn_unseen(read_table(table, TASKS, split_column="split").of_split("test"))


def test_unknown_split(table):
    with pytest.raises(InputError, match="no sample of split 'dev'"):
        read_table(table, TASKS, split_column="split").of_split("dev")


def test_annotations_refuse_what_does_not_fit():
    tasks = TaskSet.from_dict({"expression": DECLARED["expression"]})
    with pytest.raises(InputError, match="unknown class code 2"):
        Annotations(tasks, {"expression": np.array([0, 2])})
    with pytest.raises(InputError, match="shape"):
        Annotations(tasks, {"expression": np.zeros((2, 2))})
    with pytest.raises(InputError, match="different numbers of samples"):
        Annotations(tasks, {"expression": np.array([0, 1])}, split=np.array(["a"]))


def test_real_tweets(shared_data):
    tasks = TaskSet.from_dict(
        {
            "joy": {"type": "multilabel", "labels": ["joy"]},
            "affect": {"type": "dimensional", "dims": ["valence"], "range": [0, 1]},
        }
    )
    path = shared_data / "affect_in_tweets" / "labels.csv"
    annotations = read_table(path, tasks, split_column="split")
    frame = pd.read_csv(path)
    np.testing.assert_array_equal(annotations.targets["joy"][:, 0], frame["joy"])
    np.testing.assert_array_equal(annotations.targets["affect"][:, 0], frame["valence"])


@pytest.mark.parametrize("missing", [False, True])
def test_many_listed_tags_are_sparse_where_all_are_annotated(tmp_path, monkeypatch, missing):
    task = {"t": {"type": "multilabel", "labels": ["cat", "dog", "cow"], "column": "tags", "separator": ";"}}
    cells = ["cat;dog", "cow;cow", "?" if missing else "dog", "cat ; cow"]
    (tmp_path / "t.csv").write_text("tags\n" + "\n".join(cells) + "\n")
    few = read_table(tmp_path / "t.csv", TaskSet.from_dict(task), missing=["?"]).targets["t"]
    row = [np.nan] * 3 if missing else [0, 1, 0]
    np.testing.assert_array_equal(few, [[1, 1, 0], [0, 0, 1], row, [1, 0, 1]])
    monkeypatch.setattr("gcnlabel.annotations.listed_tags.MANY_TAGS", 3)
    many = read_table(tmp_path / "t.csv", TaskSet.from_dict(task), missing=["?"]).targets["t"]
    assert sparse.issparse(many) is not missing
    np.testing.assert_array_equal(many if missing else many.toarray(), few)
