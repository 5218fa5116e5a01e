"""ARFF as Weka, MEKA, Mulan, openSMILE and Windows write it."""

import codecs

import numpy as np
import pytest

from gcnlabel.annotations import read_arff, read_label_xml
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.tasks import TaskSet

LABEL = '<labels><label name="{}"/></labels>'


@pytest.fixture
def write(tmp_path):
    def make(text, name="a.arff"):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return make


def of(attributes, *rows, relation="'r: -C 1'"):
    lines = [f"@relation {relation}", *(f"@attribute {a}" for a in attributes), "@data", *rows]
    return "\n".join(lines) + "\n"


def read(path, xml=None):
    annotations = read_arff(path, xml)
    features = annotations.features
    features = features.toarray() if hasattr(features, "toarray") else features
    return np.asarray(annotations.targets["labels"])[:, 0].tolist(), features.round(3).tolist()


TWO = ([0, 1], [[0.5], [-1]])
"""What the files below say: labels 0 and 1, inputs 0.5 and -1."""
HEADER = of(["t {0,1}", "x numeric"])


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "0\t0.5\n1\t-1\n",
        HEADER + "0 0.5\n1   -1\n",
        HEADER + " 0 ,\t0.5\n1,-1,\n",
        HEADER + "{1\t0.5}\n{0 1 1 -1}\n",
        HEADER + "{ 1 0.5 , 0 0 }\n{1 -1, 0 1}\n",
        HEADER + "{1 0.5}\n1,-1\n",
        HEADER + "0,0.5 % 7\n% 1,1\n  % 2\n1,-1% {\n",
        HEADER + "'0','0.5'\n\"1\",\"-1\"\n",
        of(["t {0,1} % the {label}", "x numeric % 'cm"]).replace("@data", "@data % here") + "0,0.5\n1,-1\n",
        of(["t\t{ 0 , 1 }", "'x'\tREAL"]).replace("@attribute ", "@ATTRIBUTE\t") + "0,0.5\n1,-1\n",
        of(["t {0 1}", "x real [-1, 1]"]) + "0,0.5\n1,-1\n",
        HEADER.replace("\n", "\r\n") + "0,0.5\r\n1,-1\r\n",
        HEADER.replace("\n", "\r") + "0,0.5\r1,-1",
        codecs.BOM_UTF8 + (HEADER + "0,0.5\n1,-1\n").encode(),
        (HEADER + "0,0.5\n1,-1\n").encode("utf-16"),
        of(["t {0,1}", "x numeric"], relation="'50% off: -C 1' % -C 2") + "0,0.5\n1,-1\n",
        of(["t {0,1}", "x numeric"], relation="pets: -C 1") + "0,0.5\n1,-1\n",
        of(["t {0,1}", "x numeric"], relation='"pets: -c 1 -split-percentage 50"') + "0,0.5\n1,-1\n",
        of(["t {0,1}", "x numeric"], relation="'a -C 2 b: -split-number 9 -C 1'") + "0,0.5\n1,-1\n",
        of(["x numeric", "t {0,1}"], relation="'r: -C -1'") + "0.5,0\n-1,1\n",
        of(["x numeric", "t {0,1}"], relation="-C -1") + "0.5,0\n-1,1\n",
    ],
)
def test_ways_to_write_the_same(write, text):
    assert read(write(text)) == TWO


@pytest.mark.parametrize(
    "rows",
    ["0,'a b',0.5,{2}\n1,'a b',-1,{1}", "0,'a b',0.5 {2}\n1,'a b',-1", "{2 0.5}, {2}\n{0 1,2 -1}"],
)
def test_instance_weights_are_named_and_not_used(write, rows):
    with pytest.warns(GcnlabelWarning, match=r"weights of rows \(lines 6\) are not used"):
        found = read(write(of(["t {0,1}", "s {'a b',c}", "x numeric"]) + rows + "\n"))
    assert found == ([0, 1], [[1 - 1, 0.5], [0, -1]])


def test_weights_of_one_and_of_attributes(write):
    assert read(write(HEADER + "0,0.5,{1}\n1,-1,{1.0}\n")) == TWO
    with pytest.warns(GcnlabelWarning, match=r"weights of attributes \(t, x\)"):
        assert read(write(of(["t {0,1} {2}", "x numeric {0.5}"]) + "0,0.5\n1,-1\n")) == TWO


def test_quotes_and_escapes(write, tmp_path):
    names = [r"""'it\'s 50%, {so}' {'say "no"', 'a\tb', "?"}""", r"don't {0,1}"]
    path = write(of([*names, "t {0,1}"]) + "'say \"no\"',0,1\n'a\tb',1,0\n'?',0,1\n?,?,1\n")
    xml = write(LABEL.format("don't"), "a.xml")
    annotations = read_arff(path, xml)
    assert annotations.tasks.labels == ("don't",)
    expected = [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 1], [np.nan, np.nan, np.nan, 1]]
    np.testing.assert_array_equal(annotations.features, expected)


@pytest.mark.parametrize("arff", [r"TAG_m\'usica", r"'TAG_m\'usica'", '"TAG_m\'usica"', "TAG_m'usica"])
@pytest.mark.parametrize("xml", [r"TAG_m\'usica", "TAG_m'usica", "TAG_m&apos;usica"])
def test_escaped_names_on_both_sides(write, arff, xml):
    path = write(of([f"{arff} {{0,1}}", r"TAG_dise\~no numeric"]) + "0,0.5\n1,-1\n")
    xml = write(LABEL.format(xml), "a.xml")
    assert read(path, xml) == TWO
    assert read_arff(path, xml).tasks.labels == ("TAG_m'usica",)


def test_names_alike_but_for_an_escape_stay_apart(write):
    path = write(of([r"a\~b {0,1}", "a~b numeric"]) + "0,0.5\n1,-1\n")
    assert read(path, write(LABEL.format(r"a\~b"), "a.xml")) == TWO


@pytest.mark.parametrize("encoding", ["iso-8859-1", "iso-8859-5", "utf-8", "utf-16"])
def test_the_xml_says_its_encoding(write, encoding):
    name = "мир" if encoding == "iso-8859-5" else "émue"
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    xml = write((head + LABEL.format(name)).encode(encoding), "a.xml")
    path = write((of([f"{name} {{0,1}}", "x numeric"]) + "0,0.5\n1,-1\n").encode(encoding))
    assert read_label_xml(xml) == [name]
    assert read(path, xml) == TWO


def test_latin_1_without_a_word(write):
    path = write((of(["émue {0,1}", "x numeric"]) + "0,0.5\n1,-1\n").encode("latin-1"))
    assert read_arff(path).tasks.labels == ("émue",)


@pytest.mark.parametrize("kind", ["string", "STRING", "date", "date 'yyyy-MM-dd'"])
def test_texts_and_dates_are_passed_over(write, kind):
    text = of(["t {0,1}", f"name {kind}", "x numeric"]) + "0,'f, 0.wav',0.5\n1,?,-1\n"
    with pytest.warns(GcnlabelWarning, match="left out: name"):
        assert read(write(text)) == TWO
    with pytest.warns(GcnlabelWarning, match="left out: name"):
        assert read(write(of(["t {0,1}", f"name {kind}", "x numeric"]) + "{1 a, 2 0.5}\n{0 1, 2 -1}\n")) == TWO


def test_a_text_is_no_tag(write):
    with pytest.raises(InputError, match="'t' has values other than 0 and 1: a, b, c"):
        read_arff(write(of(["t string", "x real"]) + "a,1\nb,2\nc,3\n"))


TASKS = {
    "mood": {"type": "categorical", "classes": ["calm", "sad"]},
    "kind": {"type": "categorical", "classes": ["one", "two"], "codes": {"1": "one", "2": "two"}},
    "level": {"type": "dimensional", "dims": ["y1", "y2"], "range": [-10, 10]},
    "tags": {"type": "multilabel", "labels": ["t"]},
}


def test_tasks_declare_classes_and_numbers(write):
    attributes = ["x real", "mood {sad,calm}", "y2 real", "kind {1,2}", "t {yes,no}", "y1 {1,2,3}"]
    path = write(of(attributes, "1,sad,-2.5,2,yes,3", "2,?,?,1,no,1", relation="r"))
    annotations = read_arff(path, tasks=TaskSet.from_dict(TASKS))
    assert annotations.targets["mood"].tolist() == [1, -1]
    assert annotations.targets["kind"].tolist() == [1, 0]
    np.testing.assert_array_equal(annotations.targets["level"], [[3, -2.5], [1, np.nan]])
    assert annotations.targets["tags"].tolist() == [[1], [0]]
    assert annotations.features.tolist() == [[1], [2]]


def test_labels_of_the_xml_that_no_task_declares_are_no_inputs(write):
    path = write(of(["x real", "y1 real", "y2 real"], "1,2,3", relation="r"))
    xml = write('<labels><label name="y1"/><label name="y2"/></labels>', "a.xml")
    tasks = TaskSet.from_dict({"level": {"type": "dimensional", "dims": ["y2"]}})
    with pytest.warns(GcnlabelWarning, match="no task declares are left out, as inputs too: y1"):
        annotations = read_arff(path, xml, tasks=tasks)
    assert (annotations.targets["level"].tolist(), annotations.features.tolist()) == ([[3]], [[1]])


@pytest.mark.parametrize(
    ("tasks", "options", "message"),
    [
        ({"a": {"type": "dimensional", "dims": ["y3"]}}, {}, "without an attribute: y3"),
        ({"a": {"type": "dimensional", "dims": ["y1"]}}, {"task_name": "b"}, "'b' beside tasks"),
        ({"a": {"type": "dimensional", "dims": ["y1"]}}, {"present": {"y1": "2"}}, "unknown tags: y1"),
        ({"a": {"type": "dimensional", "dims": ["d"]}}, {}, "column 'd'"),
        ({"a": {"type": "multilabel", "labels": ["y1"], "codes": {"2": "1"}}}, {}, "codes of task 'a'"),
    ],
)
def test_tasks_that_do_not_fit(write, tasks, options, message):
    path = write(of(["x real", "y1 real", "d date"], "1,2,2020-01-31", relation="r"))
    with pytest.raises(InputError, match=message):
        read_arff(path, tasks=TaskSet.from_dict(tasks), **options)


def test_labels_alone_have_no_features(write):
    annotations = read_arff(write(of(["a {0,1}", "b {0,1}"], "0,1", relation="'r: -C 2'")))
    assert annotations.features.shape == (1, 0)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,,2", "an empty cell"),
        ("1,2,3", "3 cells, more than attributes"),
        ("1,", "1 cells, too few"),
        (",1", "an empty cell"),
        ("1,'2", "a quote that does not end: '2"),
        ("1,2}", "a brace outside quotes"),
        ("1,2,{3}{4}", "a brace outside quotes"),
        ("1,2,{x}", "x"),
        ("{0 1", "without its closing brace"),
        ("{0 1, 0 1}", "duplicate index"),
        ("{2 1}", "index 2 of 2 attributes"),
        ("{99999999999999999999 1}", "of 2 attributes"),
        ("{-1 1}", "'-1 1' is no sparse cell"),
        ("{1}", "'1' is no sparse cell"),
        ("1,1_0", "'1_0' is no finite number"),
        ("1,inf", "'inf' is no finite number"),
        ("1,1e999", "'1e999' is no finite number"),
        ("2,1", "attribute 't': '2' is none of 0, 1"),
        ("1,\x001", "NUL bytes"),
    ],
)
def test_a_malformed_row_is_named(write, row, message):
    with pytest.raises(InputError, match=message) as error:
        read_arff(write(HEADER + "0,1\n" + row + "\n"))
    assert "line 6" in str(error.value) or "NUL" in message


def test_a_number_that_32_bits_cannot_hold_is_named(write):
    for rows in ("0,1\n1,1e300\n", "{1 1}\n{0 1,1 1e300}\n"):
        with pytest.raises(InputError, match=r"(?s)'x' is a number that 32 bits cannot hold.*line 6"):
            read_arff(write(HEADER + rows))


def test_labels_that_weka_may_have_moved_are_named(write):
    relation = "'r: -C 1-weka.filters.unsupervised.attribute.Remove-R1-45'"
    with pytest.warns(GcnlabelWarning, match="Weka moved attributes.*may not be t:"):
        read_arff(write(of(["t {0,1}", "x real"], "0,1", relation=relation)))


@pytest.mark.parametrize(
    ("relation", "message"),
    [
        ("r", "does not declare which attributes are labels"),
        ("'r: -C 0'", "does not declare which"),
        ("'r: -C 3'", "-C 3 of 2 attributes"),
        ("'r: -C x'", "does not declare which"),
        ("'r: -Cost 1'", "does not declare which"),
    ],
)
def test_relations_without_labels(write, relation, message):
    with pytest.raises(InputError, match=message):
        read_arff(write(of(["t {0,1}", "x real"], "0,1", relation=relation)))


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ('<!DOCTYPE l [<!ENTITY a "b">]><labels><label name="&a;"/></labels>', "declares an entity, 'a'"),
        ('<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l><label name="a"/></l>', "declares an entity"),
        ("<labels><label name=''/></labels>", "names no label"),
        ("<labels/>", "names no label"),
        ('<labels><label name="a"/><label name="a"/></labels>', "twice: a"),
        ('<?xml version="1.0" encoding="none-such"?><labels/>', "no XML"),
        ('<?xml version="1.0" encoding="gbk"?><labels/>', "no XML"),
        (LABEL.format("é").encode("latin-1"), "(?s)no XML.*declare its encoding"),
        ("@relation x", "no XML"),
        (b"\x00\x01", "no XML"),
    ],
)
def test_odd_xml(write, xml, message):
    with pytest.raises(InputError, match=message):
        read_label_xml(write(xml, "a.xml"))


def test_a_deep_and_long_xml_is_read(write):
    deep = "".join(f'<label name="l{i}">' for i in range(20_000)) + "</label>" * 20_000
    assert len(read_label_xml(write(f"<labels>{deep}</labels>", "a.xml"))) == 20_000
