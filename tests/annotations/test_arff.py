import numpy as np
import pytest
from scipy import sparse

from gcnlabel.annotations import read_arff, read_arff_splits, read_label_xml
from gcnlabel.errors import InputError

XML = (
    '<?xml version="1.0"?><labels xmlns="http://mulan.sourceforge.net/labels">'
    '<label name="TAG_m\'usica"><label name="b c"/></label></labels>'
)
HEADER = r"""% a comment
@relation 'test: -C 2'
@attribute x numeric
@ATTRIBUTE colour {red, 'dark blue', "pale, grey"}
@attribute 'b c' {0,1}
@attribute 'TAG_m\'usica' {0,1}
@data
"""


@pytest.fixture
def write(tmp_path):
    def make(text, name="a.arff"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    (tmp_path / "a.xml").write_text(XML)
    return make


def test_dense_by_hand(write, tmp_path):
    annotations = read_arff(
        write(HEADER + "1.5,'dark blue',1,0\n?,red,0,1\n-2,\"pale, grey\",1,?\n"), tmp_path / "a.xml"
    )
    assert annotations.tasks.labels == ("TAG_m'usica", "b c")  # the XML's order, matched by name
    np.testing.assert_array_equal(annotations.targets["labels"], [[0, 1], [1, 0], [np.nan, 1]])
    np.testing.assert_array_equal(annotations.features, [[1.5, 0, 1, 0], [np.nan, 1, 0, 0], [-2, 0, 0, 1]])


def test_sparse_by_hand(write, tmp_path):
    text = HEADER.replace("@ATTRIBUTE colour {red, 'dark blue', \"pale, grey\"}", "@attribute y real")
    annotations = read_arff(write(text + "{0 1.5, 2 1}\n{1 -3,3 1}\n{}\n"), tmp_path / "a.xml")
    assert sparse.issparse(annotations.features)
    np.testing.assert_array_equal(annotations.features.toarray(), [[1.5, 0], [0, -3], [0, 0]])
    np.testing.assert_array_equal(annotations.targets["labels"], [[0, 1], [1, 0], [0, 0]])


@pytest.mark.parametrize(("count", "names"), [(2, ("l1", "l2")), (-1, ("f2",))])
def test_meka_says_where_the_labels_are(write, count, names):
    names_and_types = "l1 {0,1}", "l2 {0,1}", "f1 real", "f2 {0,1}"
    text = "\n".join([f"@relation 'x: -C {count}'", *(f"@attribute {a}" for a in names_and_types), "@data", ""])
    annotations = read_arff(write(text + "1,0,0.5,1\n"))
    assert annotations.tasks.labels == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "1,red,1\n", "3 cells"),
        (HEADER + "1,green,1,0\n", "line 8.*\n.*|'green'"),
        (HEADER + "one,red,1,0\n", "cannot be read"),
        (HEADER, "no rows"),
        ("@relation x\n@attribute d date\n@data\n1\n", "type 'date'"),
        (HEADER.replace("'b c'", "other") + "1,red,1,0\n", "labels without an attribute: b c"),
        (HEADER.replace("@data", "@dta"), "unknown line '@dta'"),
    ],
)
def test_bad_files(write, tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_arff(write(text), tmp_path / "a.xml")


def test_bad_xml(tmp_path):
    (tmp_path / "a.xml").write_text("<labels>")
    with pytest.raises(InputError, match="no XML"):
        read_label_xml(tmp_path / "a.xml")


@pytest.mark.parametrize(
    ("name", "samples", "features", "labels"),
    [("emotions", 593, 72, 6), ("yeast", 2417, 103, 14), ("medical", 978, 1449, 45)],
)
def test_real_sets(shared_data, name, samples, features, labels):
    folder = shared_data / "multilabel" / name
    files = {split: folder / f"{name}-{split}.arff" for split in ("train", "test")}
    annotations = read_arff_splits(files, folder / f"{name}.xml")
    assert annotations.features.shape == (samples, features)
    assert annotations.tasks.num_labels == labels
    rows = [line for line in files["train"].read_text().lower().split("@data")[1].splitlines() if line.strip()]
    assert len(annotations.of_split("train")) == len(rows)
    if name == "yeast":  # independent: the labels are the last 14 columns, in the ARFF's own order
        last = np.array([line.split(",")[-14:] for line in rows], dtype=float)
        np.testing.assert_array_equal(annotations.of_split("train").targets["labels"].sum(1), last.sum(1))
