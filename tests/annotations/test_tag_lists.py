"""Lists of tags in a cell, as people's programs write them."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gcnlabel.annotations import from_frame, iter_table, read_rows, read_table
from gcnlabel.annotations.layout import Layout
from gcnlabel.annotations.list_text import list_items
from gcnlabel.errors import InputError
from gcnlabel.tasks import Columns, MultiLabel, TaskSet

NAN = np.nan
LISTS = [["cat", "dog"], ["dog"], [], ["cow", "cat"]]
EXPECTED = [[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 1]]


def tasks(**source):
    return TaskSet([MultiLabel("t", ("cat", "dog", "cow"), source=Columns(**{"column": "tags", **source}))])


@pytest.mark.parametrize("separator", [None, ",", "|"])
@pytest.mark.parametrize(
    "form", [str, json.dumps, lambda x: str(tuple(x)), lambda x: str(np.array(x)), lambda x: f"{{{','.join(x)}}}"]
)
def test_lists_as_programs_write_them(tmp_path, form, separator):
    cells = [form(listed) for listed in LISTS]
    pd.DataFrame({"tags": cells}).to_csv(tmp_path / "t.csv", index=False)
    found = read_table(tmp_path / "t.csv", tasks(separator=separator))
    np.testing.assert_array_equal(found.targets["t"], EXPECTED)


def test_quotes_commas_and_escapes():
    names = ["it's", 'so "called"', "a, b", "a\\b", "é", "two words", "x"]
    for form in (repr, json.dumps):
        assert list_items(form(names)) == names
    assert list_items(str(set(names[:1]))) == names[:1]
    assert list_items("set()") == []
    assert list_items("[1, 2]") == list_items("[1 2]") == ["1", "2"]
    assert list_items("['a', b]") == ["a", "b"]
    assert list_items("cat, dog") is None
    assert list_items("[cat") is None


def test_codes_in_lists():
    cells = pl.DataFrame({"tags": ["[0, 2]", "[1.0]", "[]", "['cow' 'cat']"]})
    found = from_frame(cells, tasks(codes={"0": "cat", "1": "dog", "2": "cow"}))
    np.testing.assert_array_equal(found.targets["t"], [[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 1]])


@pytest.mark.parametrize("cell", ["['cat', 'dgo']", "[cat, dgo]", '["dgo"]'])
def test_an_unknown_tag_of_a_list_is_named(cell):
    with pytest.raises(InputError, match=r"unknown tag 'dgo'(.|\n)*did you mean 'dog'"):
        from_frame(pl.DataFrame({"tags": [cell]}), tasks())


def test_columns_of_lists(tmp_path):
    expected = [*EXPECTED[:3], [NAN] * 3]
    listed = [*LISTS[:3], None]
    frame = pl.DataFrame({"tags": listed})
    frame.write_parquet(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet", tasks())
    np.testing.assert_array_equal(found.targets["t"], expected)
    for make in (list, tuple, np.array, set):
        cells = pd.DataFrame({"tags": [None if x is None else make(x) for x in listed]})
        np.testing.assert_array_equal(from_frame(cells, tasks()).targets["t"], expected)
    codes = pl.DataFrame({"tags": [[0, 1], [1], [], None]})
    np.testing.assert_array_equal(from_frame(codes, tasks(codes={"0": "cat", "1": "dog"})).targets["t"], expected)
    with pytest.raises(InputError, match=r"unknown tag '0'(.|\n)*declare what the codes mean"):
        from_frame(codes, tasks())


def test_lists_beside_texts_in_a_frame():
    cells = pd.DataFrame({"tags": ["cat dog", ["dog"], [], ("cow", "cat")]})
    np.testing.assert_array_equal(from_frame(cells, tasks()).targets["t"], EXPECTED)


def test_lists_where_one_value_belongs():
    with pytest.raises(InputError, match=r"cells of type List(.|\n)*column 'cat'"):
        from_frame(pl.DataFrame({name: [[1]] for name in ("cat", "dog", "cow")}), tasks(column=None))


def test_empty_is_what_it_says(tmp_path):
    (tmp_path / "t.csv").write_text('id,tags\n1,cat|dog\n2,dog\n3,\n4,cow|cat\n5,""\n6,?\n7,[]\n')
    rows = [*EXPECTED[:2], [0] * 3, EXPECTED[3], [0] * 3, [NAN] * 3, [0] * 3]
    found = read_table(tmp_path / "t.csv", tasks(separator="|", empty="", missing=("?",)))
    np.testing.assert_array_equal(found.targets["t"], rows)
    frame = pd.read_csv(tmp_path / "t.csv")
    np.testing.assert_array_equal(from_frame(frame, tasks(separator="|", empty="", missing=("?",))).targets["t"], rows)
    rows[2] = rows[4] = [NAN] * 3
    found = read_table(tmp_path / "t.csv", tasks(separator="|", missing=("?",)))
    np.testing.assert_array_equal(found.targets["t"], rows)


def test_what_an_unknown_text_in_a_list_is_advised():
    def advice(cell, **source):
        with pytest.raises(InputError) as error:
            from_frame(pl.DataFrame({"tags": [cell]}), tasks(**source))
        return str(error.value).partition("to do: ")[2]

    assert "empty: 'none'" in advice("none")
    assert "missing: ['none']" in advice("none")
    assert "separator: '|'" in advice("cat|dog")
    assert advice("cats") == "did you mean 'cat'?"
    assert advice("['cat', None]") == advice("[cat, null]") == "leave it out of the list"
    assert "missing" not in advice("-1") + advice("7", codes={"1": "cat"}) + advice("unknown")


CODES = {"0": "cat", "1": "dog", "2": "cow"}
VALUES = [[0, 0, 1], [1, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize("form", [str, json.dumps, lambda x: str(np.array(x)), lambda x: " ".join(map(str, x))])
def test_lists_of_a_value_for_each_label_are_no_codes(form):
    for kind in (int, float, bool):
        cells = pl.DataFrame({"tags": [form([kind(v) for v in row]) for row in VALUES]})
        np.testing.assert_array_equal(from_frame(cells, tasks(codes=CODES)).targets["t"], VALUES)
        with pytest.raises(
            InputError, match=r"one for each label, and no label for position 0(.|\n)*codes: \{0: LABEL"
        ):
            from_frame(cells, tasks())


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Float32, pl.Boolean])
def test_columns_of_lists_of_a_value_for_each_label(tmp_path, dtype):
    turned = {"2": "cat", "1": "dog", "0": "cow"}
    for column in (pl.List(dtype), pl.Array(dtype, 3)):
        pl.DataFrame({"tags": VALUES}).cast({"tags": column}).write_parquet(tmp_path / "t.parquet")
        found = read_table(tmp_path / "t.parquet", tasks(codes=turned)).targets["t"]
        np.testing.assert_array_equal(found, np.array(VALUES)[:, ::-1])
    two = {"0": "cat", "1": "dog"}
    with pytest.raises(InputError, match="no label for position 2"):
        read_table(tmp_path / "t.parquet", tasks(codes=two))
    with pytest.raises(InputError, match="some of them missing"):
        from_frame(pl.DataFrame({"tags": [[0, None, 1], [0, 0, 1]]}), tasks(codes=CODES))


def test_codes_of_lists_that_could_be_values_stay_codes():
    cells = pl.DataFrame({"tags": [[0, 1], [1, 0], None, [0, 1]]})
    np.testing.assert_array_equal(from_frame(cells, tasks(codes=CODES)).targets["t"][[0, 1, 3]], [[1, 1, 0]] * 3)
    cells = pl.DataFrame({"tags": [[1, 1], [2]]})
    np.testing.assert_array_equal(from_frame(cells, tasks(codes=CODES)).targets["t"], [[0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize(
    ("separator", "cell", "labels"),
    [
        (None, "traffic light", ("traffic light", "traffic", "light")),
        (",", "Food, Hotels, Travel", ("Food", "Hotels, Travel", "Hotels", "Travel")),
        ("|", "a|b|c", ("a", "b|c", "b", "c")),
    ],
)
def test_a_label_that_holds_the_separator_is_never_torn(separator, cell, labels):
    task = MultiLabel("t", labels, source=Columns(column="tags", separator=separator))
    with pytest.raises(InputError, match="the separator of the tags of a cell"):
        from_frame(pl.DataFrame({"tags": [labels[-1], cell]}), TaskSet([task]))
    whole = next(label for label in labels if (separator or " ") in label)
    found = from_frame(pl.DataFrame({"tags": [json.dumps([whole]), labels[-1]]}), TaskSet([task])).targets["t"]
    assert found[0].sum() == found[0, labels.index(whole)] == 1


def test_a_decimal_comma_is_none_in_a_list(tmp_path):
    (tmp_path / "t.csv").write_text("id;tags\na;2,0\nb;1\n", encoding="utf-8")
    found = read_table(tmp_path / "t.csv", tasks(codes=CODES, separator=","), layout=Layout(decimal=","))
    np.testing.assert_array_equal(found.targets["t"][0], [1, 0, 1])


TWO = TaskSet([MultiLabel("t", ("cat", "dog"), source=Columns(column="tags", codes={"0": "cat", "1": "dog"}))])


def written(tmp_path, rows, kind):
    if kind == "parquet":
        pl.DataFrame({"tags": rows}).write_parquet(tmp_path / "t.parquet")
        return tmp_path / "t.parquet"
    pl.DataFrame({"tags": [str(row) for row in rows]}).write_csv(tmp_path / "t.csv")
    return tmp_path / "t.csv"


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_lists_of_two_values_are_seen_in_the_whole_file(tmp_path, kind):
    """Single rows of two labels do not say whether they hold values: no part of the file may be read otherwise."""
    values, labels = [[0, 1], [1, 0]] * 4 + [[1, 1], [0, 1]], [[0, 1], [1, 0]] * 4 + [[1], []]
    for rows, expected in ((values, values), (labels, [[1, 1]] * 8 + [[0, 1], [0, 0]])):
        path = written(tmp_path, rows, kind)
        assert read_table(path, TWO).targets["t"].tolist() == expected
        parts = [part.targets["t"] for part in iter_table(path, TWO, chunk_rows=1)]
        assert np.concatenate(parts).tolist() == expected
        assert [read_rows(path, TWO, i, 1)[0].targets["t"][0].tolist() for i in range(10)] == expected


@pytest.mark.parametrize("rows", [[[0, 1], [1, 0]], [[0, 1]]])
def test_lists_that_can_be_values_or_labels_are_refused(tmp_path, rows):
    with pytest.raises(InputError, match=r"can be the present labels, or one value per label"):
        read_table(written(tmp_path, rows, "parquet"), TWO)
    three = tasks(codes={"0": "cat", "1": "dog"})
    assert read_table(written(tmp_path, rows, "parquet"), three).targets["t"].tolist() == [[1, 1, 0]] * len(rows)


@pytest.mark.parametrize("rows", [[[True, False], [False, True]], [[1.0, 0.0], [0.0, 1.0]]])
def test_truth_values_and_shares_of_two_labels_are_no_labels(tmp_path, rows):
    assert read_table(written(tmp_path, rows, "parquet"), TWO).targets["t"].tolist() == [[1, 0], [0, 1]]


def test_lists_of_fewer_values_than_labels():
    frame = pl.DataFrame({"tags": [[0, 0], [1, 1]]})
    with pytest.raises(InputError, match="lists of 2 values of 0 and 1, one for each label, and 3 labels"):
        from_frame(frame, tasks(codes={"0": "cat", "1": "dog", "2": "cow"}))


def test_spaces_around_the_items_of_a_list():
    frame = pl.DataFrame({"tags": [[" cat", "dog "], ["cow"]]})
    assert from_frame(frame, tasks()).targets["t"].tolist() == [[1, 1, 0], [0, 0, 1]]


def test_a_column_of_lists_names_no_row():
    frame = pl.DataFrame({"tags": [["cat"]], "split": [["train"]]})
    with pytest.raises(InputError, match=r"cells of type List\(String\)(.|\n)*column 'split'"):
        from_frame(frame, tasks(), split_column="split")
