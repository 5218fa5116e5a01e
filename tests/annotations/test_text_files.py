"""Text files as spreadsheets, R, data sets and other tools write them."""

import gzip
import re
import unicodedata
import warnings
from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gcnlabel.annotations import Layout, Long, count_rows, from_frame, iter_table, read_rows, read_table
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.graph import read_counts, read_edges, read_matrix
from gcnlabel.statistics import measure_files
from gcnlabel.tasks import TaskSet

NAN = np.nan
MOOD = TaskSet.from_dict({"mood": {"type": "multilabel", "labels": ["sad", "happy"]}})
EXPECTED = [[1, 0], [0, 1], [1, 1]]
PLAIN = "id,split,sad,happy\n1,train,1,0\n2,train,0,1\n3,train,1,1\n"


def write(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def check(path, tasks=MOOD, expected=EXPECTED, **options):
    """Read a file whole, in parts and some rows of it, and look at the targets."""
    found = read_table(path, tasks, **options)
    name = tasks.names[0]
    np.testing.assert_array_equal(found.targets[name], expected)
    layout = {key: value for key, value in options.items() if key == "layout"}
    parts = [part.targets[name] for part in iter_table(path, tasks, chunk_rows=1, **layout)]
    np.testing.assert_array_equal(np.concatenate(parts), expected)
    rows, _ = read_rows(path, tasks, 1, 2, **layout)
    np.testing.assert_array_equal(rows.targets[name], expected[1:3])
    assert count_rows(path, *layout.values()) == len(expected)
    return found


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        PLAIN.replace(",", " "),
        PLAIN.replace(",", "   "),
        PLAIN.replace("\n", "\r\n"),
        "\ufeff" + PLAIN,
        "sep=;\n" + PLAIN.replace(",", ";"),
        "sep=,\r\n" + PLAIN.replace("\n", "\r\n"),
        "sep=\t\n" + PLAIN.replace(",", "\t"),
        "\ufeffsep=;\n" + PLAIN.replace(",", ";"),
        "# exported by tool, version 2\n# on a day\n" + PLAIN,
        "\n\n" + PLAIN,
        "#\n\n# x\n" + PLAIN,
        "3\n" + PLAIN,
        PLAIN.replace("\n", ",\n"),
        PLAIN.replace("\n", ",,,\n"),
        PLAIN.replace("happy\n", "happy,,\n"),
        PLAIN.replace("0\n", "0,,\n").replace("1\n", "1,,\n"),
        PLAIN.replace("happy\n", "happy,note,note\n").replace("0\n", "0,a,b\n").replace("1\n", "1,,\n"),
        PLAIN.replace("id,", ",").replace("1,train", "0,train"),
        PLAIN.replace("id,split,sad,happy", "id, split, sad, happy"),
        "note,sad,happy\n" + '"a, b",1,0\n"x""y",0,1\n"two\nlines",1,1\n',
        '"a;b;c;d",sad,happy\nx,1,0\ny,0,1\nz,1,1\n',
        "id;sad;happy;v\nx;1;0;0,5\ny;0;1;1,5\nz;1;1;2,25\n",
        "3\nsad happy\n001.jpg -1  1\n002.jpg  1 -1\n003.jpg -1 -1\n".replace("-1 -1", " 1  1")
        .replace("-1  1", " 1 -1", 1)
        .replace("002.jpg  1 -1", "002.jpg -1  1"),
        '"sad" "happy"\n"1" 1 0\n"2" 0 1\n"3" 1 1\n',
    ],
)
def test_forms_that_are_seen(tmp_path, text):
    check(write(tmp_path, text))
    check(write(tmp_path, gzip.compress(text.encode()), "t.csv.gz"))


def test_quoted_names_with_commas_between_semicolons(tmp_path):
    names = ["sad, lonely", "happy, pleased", "calm, relaxed"]
    header = ";".join(["id", "split", *(f'"{name}"' for name in names), '"a, b, c"'])
    tasks = TaskSet.from_dict({"mood": {"type": "multilabel", "labels": names}})
    path = write(tmp_path, header + "\n1;train;1;0;0;x\n2;train;0;1;1;y\n3;train;1;1;0;z\n")
    check(path, tasks, [[1, 0, 0], [0, 1, 1], [1, 1, 0]])
    check(
        write(tmp_path, path.read_text().replace(";", "\t").replace('"', "")), tasks, [[1, 0, 0], [0, 1, 1], [1, 1, 0]]
    )


def test_celeba_names_its_images_without_saying_so(tmp_path):
    path = write(tmp_path, "3\nsad happy \n001.jpg -1  1\n002.jpg  1 -1\n003.jpg -1 -1\n", "list_attr.txt")
    found = check(path, expected=[[0, 1], [1, 0], [0, 0]], id_column="id")
    assert found.ids.tolist() == ["001.jpg", "002.jpg", "003.jpg"]
    assert found.tasks["mood"].source.signed == ("sad", "happy")


EXPRESSION = TaskSet.from_dict(
    {
        "expression": {
            "type": "categorical",
            "classes": ["a", "b"],
            "column": "label",
            "codes": {4: "a", 5: "b"},
        }
    }
)


def test_files_without_a_header(tmp_path):
    path = write(tmp_path, "train_1.jpg 5\ntrain_2.jpg 5\ntest_1.jpg 4\n", "list.txt")
    found = check(path, EXPRESSION, [1, 1, 0], layout=Layout(names=("image", "label")), id_column="image")
    assert found.ids[0] == "train_1.jpg"
    with pytest.raises(InputError, match=r"row 1 \(train_1.jpg, 5\) is read as the names(.|\n)*data.names.*--names"):
        read_table(path, EXPRESSION)
    with pytest.raises(InputError, match="2 cells in the first row, and 3 names"):
        read_table(path, EXPRESSION, layout=Layout(names=("image", "label", "x"), delimiter=" "))
    tasks = TaskSet.from_dict(
        {"t": {"type": "multilabel", "labels": ["a", "b"], "column": "l", "separator": ",", "codes": {0: "a", 1: "b"}}}
    )
    text = "#text a, b\t0,1\tid1\ntext b\t1\tid2\n\ttext c, d\t\n".replace("\n\ttext c, d\t", "\ntext c, d\t0\tid3")
    check(write(tmp_path, text, "t.tsv"), tasks, [[1, 1], [0, 1], [1, 0]], layout=Layout(names=("text", "l", "id")))


def test_names_of_one_column_leave_numbers_alone(tmp_path):
    tasks = TaskSet.from_dict({"d": {"type": "dimensional", "dims": ["x"]}})
    check(write(tmp_path, "5\n6\n7\n"), tasks, [[5], [6], [7]], layout=Layout(names=("x",)))


VALUES = TaskSet.from_dict({"affect": {"type": "dimensional", "dims": ["valence", "arousal"], "range": [-1, 1]}})
COMMAS = "id;split;valence;arousal\n1;train;0,5;-0,25\n2;train;-,1;0,75\n3;train;1;NA\n"


def test_decimal_commas_are_declared(tmp_path):
    path = write(tmp_path, COMMAS)
    expected = [[0.5, -0.25], [-0.1, 0.75], [1, NAN]]
    found = read_table(path, VALUES, layout=Layout(decimal=","), missing=("NA",))
    np.testing.assert_array_equal(found.targets["affect"], expected)
    with pytest.raises(InputError) as error:
        read_table(path, VALUES)
    assert "data.decimal: ','" in str(error.value)
    assert "--decimal ," in str(error.value)
    assert "missing:" not in str(error.value)
    with pytest.raises(InputError, match=r"'0\.5' is not a finite number"):
        read_table(write(tmp_path, COMMAS.replace("0,5", "0.5")), VALUES, layout=Layout(decimal=","), missing=("NA",))
    tags = TaskSet.from_dict({"t": {"type": "multilabel", "labels": ["a"]}})
    check(write(tmp_path, "id;a\n1;1,0\n2;0,000\n3;1\n"), tags, [[1], [0], [1]], layout=Layout(decimal=","))


def test_columns_that_stand_twice_are_refused_where_they_are_used(tmp_path):
    path = write(tmp_path, "id,sad,happy,sad\n1,1,0,1\n")
    with pytest.raises(InputError, match=r"duplicate column: sad(.|\n)*t.csv, header"):
        read_table(path, MOOD)


def test_composed_and_decomposed_letters_are_one(tmp_path):
    one, other = unicodedata.normalize("NFC", "ému"), unicodedata.normalize("NFD", "ému")
    for ours, theirs in ((one, other), (other, one)):
        tags = TaskSet.from_dict({"t": {"type": "multilabel", "labels": [ours, "sad"]}})
        check(write(tmp_path, f"{theirs},sad\n1,0\n0,1\n1,1\n"), tags)
        lists = TaskSet.from_dict({"t": {"type": "multilabel", "labels": [ours, "sad"], "column": "l"}})
        check(write(tmp_path, f"l\n{theirs}\nsad\n{theirs} sad\n"), lists)
        classes = TaskSet.from_dict({"c": {"type": "categorical", "classes": [ours, "sad"]}})
        check(write(tmp_path, f"c\n{theirs}\nsad\n{theirs}\n"), classes, [0, 1, 0])
        matrix = write(tmp_path, f",{ours},b\n{theirs},1,2\nb,3,4\n")
        assert read_matrix(matrix)[1].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (PLAIN.replace("0,1\n", "0,1,x\n"), ["row 3 has 5 cells"]),
        (PLAIN.replace("\n", ",\n").replace("0,1,\n", "0,1,x\n"), ["row 3 has a cell 'x' in a column without a name"]),
        (PLAIN.replace("sad", "saad"), ["no column 'sad'", "did you mean 'saad'"]),
        ("#sad,happy\n1,0\n0,1\n", ["no column 'sad'", "1 line.s. above the header are skipped"]),
        ("# nothing\n", ["no header and no row"]),
    ],
)
def test_what_cannot_be_seen_is_said(tmp_path, text, messages):
    with pytest.raises(InputError) as error:
        read_table(write(tmp_path, text), MOOD)
    for message in messages:
        assert re.search(message, str(error.value))


@pytest.mark.parametrize(("name", "content"), [("t.csv", b"\xef\xbb\xbf"), ("t.csv.gz", gzip.compress(b"", mtime=0))])
def test_a_text_without_a_line(tmp_path, name, content):
    with pytest.raises(InputError, match="has no header and no row"):
        read_table(write(tmp_path, content, name), MOOD)


def test_damaged_text_is_said_plainly(tmp_path):
    with pytest.raises(InputError, match=r"a quote is not closed") as error:
        read_table(write(tmp_path, 'sad,happy\n"1,0\n0,1\n'), MOOD)
    assert "infer_schema" not in str(error.value)
    with pytest.raises(InputError, match="carriage returns alone"):
        read_table(write(tmp_path, PLAIN.replace("\n", "\r")), MOOD)
    with pytest.raises(InputError, match="is in UTF-16(.|\n)*UTF-8"):
        read_table(write(tmp_path, PLAIN.encode("utf-16")), MOOD)
    with pytest.raises(InputError, match="is not a text file"):
        read_table(write(tmp_path, PLAIN.encode() + b"4,tr\xe9,1,1\n"), MOOD)


def test_a_count_that_is_not_true_is_said(tmp_path):
    with pytest.warns(GcnlabelWarning, match="declares 5 rows, and has 3"):
        read_table(write(tmp_path, "5\n" + PLAIN), MOOD)


def test_a_tab_as_shells_give_it():
    assert Layout(delimiter="\\t").delimiter == "\t"


def test_a_shorter_row_is_warned_of_and_trailing_columns_are_not(tmp_path):
    text = PLAIN.replace("happy\n", "happy,,\n").replace("0,1\n", "0\n")
    with pytest.warns(GcnlabelWarning, match=r"1 row\(s\) of .* truncated: .*read as empty .rows 3"):
        read_table(write(tmp_path, text), MOOD)


def test_options_of_text_beside_parquet(tmp_path):
    pl.DataFrame({"sad": [1], "happy": [0]}).write_parquet(tmp_path / "t.parquet")
    for layout in (Layout(delimiter=";"), Layout(names=("a",))):
        with pytest.raises(InputError, match="no effect"):
            read_table(tmp_path / "t.parquet", MOOD, layout=layout)


@pytest.mark.parametrize(
    "options", [{"delimiter": ";;"}, {"decimal": ";"}, {"decimal": ",", "delimiter": ","}, {"names": ("a", "a")}]
)
def test_layouts_that_cannot_be(options):
    with pytest.raises(InputError):
        Layout(**options)


LONG = (
    "ImageID,Source,LabelName,Confidence,split\n1,v,sad,1,train\n1,v,cow,0,train\n2,v,happy,1,val\n1,v,happy,0,train\n"
)
LONG += "3,v,cow,1,train\n2,v,sad,0,val\n2,w,sad,0,val\n"


def long_layout(**more):
    return Layout(long=Long("ImageID", "LabelName", "Confidence"), **more)


def test_long_form(tmp_path):
    path = write(tmp_path, LONG)
    found = read_table(path, MOOD, layout=long_layout(), split_column="split", id_column="ImageID")
    np.testing.assert_array_equal(found.targets["mood"], [[1, 0], [0, 1], [NAN, NAN]])
    assert found.ids.tolist() == ["1", "2", "3"]
    assert found.split.tolist() == ["train", "val", "train"]
    blank = TaskSet.from_dict({"mood": {"type": "multilabel", "labels": ["sad", "happy"], "codes": {"": 0}}})
    np.testing.assert_array_equal(
        read_table(path, blank, layout=long_layout()).targets["mood"], [[1, 0], [0, 1], [0, 0]]
    )
    measured = measure_files([path], MOOD, {("mood", "mood"): "conditional"}, layout=long_layout(), rows=1)
    assert measured.num_samples == 3
    assert len(list(iter_table(path, MOOD, layout=long_layout(), chunk_rows=1))) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2,w,sad,0", "2,w,sad,1", r"contradict each other for '2' and 'sad': '0' and '1'(.|\n)*row 7 and 8"),
        ("2,w,sad,0,val", "2,w,sad,0,test", r"contradict each other for '2': 'val' and 'test'"),
        ("v,sad,1", "v,sad,2", r"'2' is not a tag's value(.|\n)*sample '1', column 'sad'"),
        ("v,sad,1", "v,,1", r"an empty cell(.|\n)*row 2, column 'LabelName'"),
        ("LabelName", "Label", r"no column 'LabelName'(.|\n)*data.long"),
    ],
)
def test_long_form_that_cannot_be(tmp_path, old, new, message):
    with pytest.raises(InputError, match=message):
        read_table(write(tmp_path, LONG.replace(old, new)), MOOD, layout=long_layout(), split_column="split")


@pytest.mark.parametrize(("one", "other"), [("1", "1.0"), ("0", "-0"), ("TRUE", "1"), ("yes", "Yes "), ("", " ")])
def test_pairs_that_stand_twice_may_be_written_in_two_ways(tmp_path, one, other):
    text = f"ImageID,LabelName,Confidence\n1,sad,{one}\n1,happy,1\n 1,sad ,{other}\n2,happy,0\n"
    found = read_table(write(tmp_path, text), MOOD, layout=long_layout()).targets["mood"]
    first = {"0": 0, "": NAN}.get(one, 1)
    np.testing.assert_array_equal(found, [[first, 1], [NAN, 0]])


def test_labels_in_another_case_are_not_passed_over_in_silence(tmp_path):
    with pytest.warns(
        GcnlabelWarning, match=r"2 row\(s\) of .* 'Sad', which differs only in case from 'sad' \(first .*3"
    ):
        found = read_table(
            write(tmp_path, "ImageID,LabelName,Confidence\n1,sad,1\n2,Sad,1\n3,Sad,0\n2,happy,0\n"),
            MOOD,
            layout=long_layout(),
        )
    np.testing.assert_array_equal(found.targets["mood"], [[1, NAN], [NAN, 0], [NAN, NAN]])


def test_a_long_form_that_is_not_declared_is_seen(tmp_path):
    with pytest.raises(InputError, match=r"no column 'sad'(.|\n)*--long SAMPLE,LabelName,VALUE; (.|\n)*column: Label"):
        read_table(write(tmp_path, LONG), MOOD)
    with pytest.raises(InputError) as told:
        read_table(write(tmp_path, LONG.replace("sad", "glad").replace("happy", "joy")), MOOD)
    assert "data.long" not in str(told.value)


def test_values_that_stand_twice_with_decimal_commas(tmp_path):
    text = "ImageID;LabelName;Confidence\n1;v;0,50\n1;v;,5\n"
    assert read_table(write(tmp_path, text), NUMBERS, layout=long_layout(decimal=",")).targets["n"].tolist() == [[0.5]]


def test_labels_of_the_long_form_match_with_composed_letters(tmp_path):
    label = "\u00e9mu"
    tasks = TaskSet.from_dict({"mood": {"type": "multilabel", "labels": [label]}})
    text = f"ImageID,LabelName,Confidence\n1,{unicodedata.normalize('NFD', label)},1\n2,{label},0\n"
    assert read_table(write(tmp_path, text), tasks, layout=long_layout()).targets["mood"].tolist() == [[1], [0]]


def test_one_reader_behind_matrices_counts_and_edges(tmp_path):
    matrix = ",cat,dog\ncat,0.5,1\ndog,2,-0.25\n"
    counts = "label,count,cat,dog\ncat,4,0,1\ndog,2,1,0\n"
    edges = "source,target,weight\ncat,dog,0.5\n"
    for form in (
        lambda text: text,
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: "\ufeffsep=;\n" + text.replace(",", ";"),
        lambda text: "# a comment, with cells\n\n" + text.replace("\n", ",,\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", ";").replace(".", ","),
    ):
        layout = Layout(decimal="," if "0,5" in form(matrix) else ".")
        for name in ("t.csv", "t.csv.gz"):

            def path(text, name=name, form=form):
                return write(tmp_path, gzip.compress(form(text).encode()) if name.endswith("gz") else form(text), name)

            labels, values = read_matrix(path(matrix), layout)
            assert (labels, values.tolist()) == (["cat", "dog"], [[0.5, 1], [2, -0.25]])
            assert read_counts(path(counts), layout)[1].tolist() == [4, 2]
            assert read_edges(path(edges), layout) == [("cat", "dog", 0.5)]
    spaces = '"cat" "dog"\n"cat" 0.5 1\n"dog" 2 -0.25\n'
    assert read_matrix(write(tmp_path, spaces))[1].tolist() == [[0.5, 1], [2, -0.25]]
    with pytest.raises(InputError, match=r"'0,5' is not a finite number(.|\n)*--decimal ,"):
        read_matrix(write(tmp_path, matrix.replace(",", ";").replace(".", ",")))
    with pytest.raises(InputError, match="not a finite number"):
        read_matrix(write(tmp_path, matrix.replace(",", ";")), Layout(decimal=","))


def test_a_gzipped_file_whose_reserved_flags_are_set_is_one_message(tmp_path):
    content = bytearray(gzip.compress(PLAIN.encode(), mtime=0))
    content[3] |= 0x40  # which Python's reader passes over, and polars does not
    with pytest.raises(InputError, match=r"t\.csv\.gz cannot be read: .*gzip"):
        read_table(write(tmp_path, bytes(content), "t.csv.gz"), MOOD)


def test_a_gzipped_file_with_any_byte_changed_is_read_or_one_message(tmp_path):
    content, refused = gzip.compress(PLAIN.encode(), mtime=0), 0
    for at in range(len(content)):
        damaged = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        try:
            read_table(write(tmp_path, damaged, "t.csv.gz"), MOOD)
        except InputError:
            refused += 1
    assert refused > 40  # of 80; those of the header that say when it was packed do not matter


def test_frames_match_names_too():
    frame = pd.DataFrame({"sad ": [1, 0, 1], "happy": [0, 1, 1]})
    np.testing.assert_array_equal(from_frame(frame, MOOD).targets["mood"], EXPECTED)


def test_what_is_declared_has_the_decimal_mark_of_the_file(tmp_path):
    (tmp_path / "t.csv").write_text("v;c;t\n-9,9;1,0;1,00\n-9,90;2,5;0,5\n1,5e2;;,0\n,25;2,50;1\n", encoding="utf-8")
    tasks = TaskSet.from_dict(
        {
            "n": {"type": "dimensional", "dims": ["v"], "missing": ["-9,9"]},
            "c": {"type": "categorical", "classes": ["a", "b"], "codes": {1: "a", "2,5": "b", "2,50": "b"}},
            "g": {"type": "multilabel", "labels": ["t"], "codes": {"0,5": 1}},
        }
    )
    found = read_table(tmp_path / "t.csv", tasks, layout=Layout(decimal=",")).targets
    np.testing.assert_array_equal(found["n"][:, 0], [np.nan, np.nan, 150, 0.25])
    np.testing.assert_array_equal(found["c"], [0, 1, -1, 1])
    np.testing.assert_array_equal(found["g"][:, 0], [1, 1, 0, 1])


@pytest.mark.parametrize(("cell", "plain"), [("1,988", "1988"), ("12,345", "12345"), ("-1,234,567", "-1234567")])
def test_thousands_are_never_taken_for_decimals(tmp_path, cell, plain):
    (tmp_path / "t.csv").write_text(f'v\n"{cell}"\n', encoding="utf-8")
    with pytest.raises(InputError, match=f"separates thousands, write {plain};"):
        read_table(tmp_path / "t.csv", TaskSet.from_dict({"n": {"type": "dimensional", "dims": ["v"]}}))


def test_cells_that_no_text_can_show():
    frame = pl.DataFrame({"v": [timedelta(1), timedelta(2)]})
    for spec in ({"type": "dimensional", "dims": ["v"]}, {"type": "categorical", "classes": ["a"], "column": "v"}):
        with pytest.raises(InputError, match="cells of type Duration"):
            from_frame(frame, TaskSet.from_dict({"n": spec}))


NUMBERS = TaskSet.from_dict({"n": {"type": "dimensional", "dims": ["v"]}})


@pytest.mark.parametrize("cell", ['5" pipe', '"so called" yes', '"never closed'])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quotes_that_are_plain_characters_are_said_and_mended_as_told(tmp_path, cell, end):
    rows = ["text\tv", "foo\t1", f"{cell}\t2", "bar\t3", "6' \"x\t4", ""]
    (tmp_path / "t.tsv").write_bytes(end.join(rows).encode())
    with pytest.raises(InputError, match=r"a quote is not closed(.|\n)*line \d: (.|\n)*data.quotes: false"):
        read_table(tmp_path / "t.tsv", NUMBERS)
    found = read_table(tmp_path / "t.tsv", NUMBERS, layout=Layout(quotes=False), id_column="text")
    assert found.targets["n"][:, 0].tolist() == [1, 2, 3, 4]
    assert found.ids.tolist() == ["foo", cell, "bar", "6' \"x"]


@pytest.mark.parametrize("delimiter", [",", " ", ";"])
@pytest.mark.parametrize("names", [(), ("v", '"w"')])
def test_without_quotes_a_quote_holds_nothing_together(tmp_path, delimiter, names):
    rows = [["v", '"w"'], ["1", '"a'], ["2", 'b"'], ["3", '"']][bool(names) :]
    (tmp_path / "t.csv").write_text("".join(f"{delimiter.join(row)}\n" for row in rows))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_table(tmp_path / "t.csv", NUMBERS, layout=Layout(quotes=False, names=names), id_column='"w"')
    assert found.targets["n"][:, 0].tolist() == [1, 2, 3]
    assert found.ids.tolist() == ['"a', 'b"', '"']


def test_rows_cut_off_or_too_long_are_found_without_quotes_too(tmp_path):
    (tmp_path / "t.csv").write_text('v,w,x\n1,"a,b\n2,"a\n3,c,d\n')
    with pytest.warns(GcnlabelWarning, match=r"1 row\(s\) of .* are truncated(.|\n)*rows 3"):
        assert len(read_table(tmp_path / "t.csv", NUMBERS, layout=Layout(quotes=False))) == 3
    (tmp_path / "t.csv").write_text('v,w\n1,"a,b"\n2,"a\n')
    with pytest.raises(InputError, match="row 2 has 3 cells"):
        read_table(tmp_path / "t.csv", NUMBERS, layout=Layout(quotes=False))


def test_quotes_of_a_parquet_file_are_nothing(tmp_path):
    pl.DataFrame({"v": [1.5]}).write_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="quotes beside a Parquet file"):
        read_table(tmp_path / "t.parquet", NUMBERS, layout=Layout(quotes=False))


def test_cells_between_spaces_may_hold_other_line_breaks(tmp_path):
    (tmp_path / "t.txt").write_text("v w\n1 a\x85b\n2 c\u2028d\n3 e\x0cf\n", encoding="utf-8")
    assert read_table(tmp_path / "t.txt", NUMBERS, id_column="w").ids.tolist() == ["a\x85b", "c\u2028d", "e\x0cf"]


def test_files_that_are_measured_in_parts_are_looked_through_too(tmp_path):
    tasks = TaskSet.from_dict({"t": {"type": "multilabel", "labels": ["a", "b"]}})
    for text, says in (
        ('id\ta\tb\n"x\t1\t0\n2"\t1\t0\n3\t0\t1\n', "look like rows"),
        ("id,a,b\n1,1,0\n\n2,1\n3,0,1\n", "2 row.s. of .* are truncated"),
    ):
        with pytest.warns(GcnlabelWarning, match=says):
            measure_files([write(tmp_path, text)], tasks, {("t", "t"): "conditional"})


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_rows_that_a_cell_swallows_are_warned_of(tmp_path, delimiter):
    rows = [["text", "v", "a", "b"], ['"He said', "1", "", ""], ["foo", "2", "", ""], ['said"', "3", "", ""]]
    (tmp_path / "t.csv").write_text("\n".join(map(delimiter.join, rows)) + "\n", encoding="utf-8")
    with pytest.warns(GcnlabelWarning, match=r"look like rows: the first is line 2, with 3 lines"):
        assert len(read_table(tmp_path / "t.csv", NUMBERS)) == 1
    (tmp_path / "t.csv").write_text('text,v\n"a, b\n\nc, d",1\n"x\ny",2\n', encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_table(tmp_path / "t.csv", NUMBERS)) == 2


@pytest.mark.parametrize(
    ("encoding", "message"), [("utf-16", r"is not a text file(.|\n)*UTF-16"), ("utf-16-le", "holds zero bytes")]
)
def test_other_encodings_are_named(tmp_path, encoding, message):
    (tmp_path / "t.txt").write_bytes("id\tv\r\na\t1\r\n".encode(encoding))
    with pytest.raises(InputError, match=message):
        read_table(tmp_path / "t.txt", NUMBERS)


def test_endings_of_names_in_any_case(tmp_path):
    pl.DataFrame({"v": [1.5]}).write_parquet(tmp_path / "t.PARQUET")
    (tmp_path / "t.CSV.GZ").write_bytes(gzip.compress(b"v\n1.5\n"))
    for name in ("t.PARQUET", "t.CSV.GZ"):
        assert read_table(tmp_path / name, NUMBERS).targets["n"].tolist() == [[1.5]]


@pytest.mark.parametrize(
    "line", ["SEP=;", "Sep=;", '"sep=;"', "sep=;;;", "sep=;,,", "\ufeffsep=;", '\ufeff"sep=;"', "sep=;\r"]
)
def test_what_other_programs_make_of_excels_line(tmp_path, line):
    assert read_table(write(tmp_path, f"{line}\nw;v\n1,5;2\n"), NUMBERS).targets["n"].tolist() == [[2]]


def test_a_declared_tab_and_a_declaration_that_is_wrong(tmp_path):
    assert read_table(write(tmp_path, "sep=\\t\nv\tw\n2\t3\n"), NUMBERS).targets["n"].tolist() == [[2]]
    with pytest.raises(InputError, match="line 1 declares the delimiter ',', and the next line holds only ';'"):
        read_table(write(tmp_path, "sep=,\nw;v\n1;2\n"), NUMBERS)
    assert read_table(write(tmp_path, "sep=,\nv\n2\n"), NUMBERS).targets["n"].tolist() == [[2]]


@pytest.mark.parametrize("row", ["3,1,", "3,1,,", "3,1, ,"])
def test_rows_that_end_in_empty_cells_are_no_unquoted_ones(tmp_path, row):
    text = f"id,v\n1,1\n2,0\n{row}\n"
    with pytest.raises(InputError, match="row 4 has [34] cells(.|\n)*add ',+' to the header too") as told:
        read_table(write(tmp_path, text), NUMBERS)
    end = re.search("add '(,+)' to the header", str(told.value))[1]
    if row.count(" ") == 0:
        assert len(read_table(write(tmp_path, text.replace("id,v", f"id,v{end}")), NUMBERS)) == 3


def test_the_last_line_above_the_header_is_shown(tmp_path):
    with pytest.raises(InputError, match="1 line.s. above the header are skipped, the last is '#id,v'"):
        read_table(write(tmp_path, "#id,v\n1,1\n2,0\n"), NUMBERS)


def test_points_beside_declared_commas_and_other_encodings_are_told(tmp_path):
    with pytest.raises(InputError, match="declared as ','; if it is '.'"):
        read_table(write(tmp_path, "id;v\n1;0.5\n"), NUMBERS, layout=Layout(decimal=","))
    with pytest.raises(InputError, match="another encoding, as Excel's 'CSV' is"):
        read_table(write(tmp_path, "id;v\n\xe9;0.5\n".encode("latin1")), NUMBERS)


@pytest.mark.parametrize(("one", "other"), [("\u00e9", "e\u0301"), ("v", "v "), (" v", "v")])
def test_columns_that_look_alike_stand_twice(tmp_path, one, other):
    """Where they are needed: nobody can see which one a label means."""
    path = write(tmp_path, f"{one},{other},w\n1,2,3\n")
    for name in (one.strip(), other.strip()):
        tasks = TaskSet.from_dict({"n": {"type": "dimensional", "dims": [name]}})
        with pytest.raises(InputError, match="duplicate column"):
            read_table(path, tasks)
    assert read_table(path, TaskSet.from_dict({"n": {"type": "dimensional", "dims": ["w"]}})).targets["n"] == 3


def test_splits_that_look_alike_are_warned_of(tmp_path):
    text = "id,v,split\n1,1,tr\u00e9\n2,0,tre\u0301\n3,0,tr\u00e9\n"
    with pytest.warns(GcnlabelWarning, match="1 row.s. of .* have the split"):
        read_table(write(tmp_path, text), NUMBERS, split_column="split")
