import re

import numpy as np
import pytest
from scipy import sparse
from scipy.io import arff

from gcnlabel.annotations import read_arff, read_arff_splits, read_label_xml
from gcnlabel.errors import InputError
from gcnlabel.tasks import TaskSet

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
        ("@relation x\n@attribute d money\n@data\n1\n", "type 'money'"),
        ("@relation x\n@attribute bag relational\n@attribute x real\n@end bag\n@data\n1\n", "'bag' is relational"),
        ("@relation x\n@attribute pale grey numeric\n@data\n1\n", "quote names with spaces"),
        ("@relation x\n@attribute %low numeric\n@data\n1\n", "% outside quotes begins a comment"),
        (HEADER.replace("@data", "@data 1,red,1,0"), "unknown line '@data 1,red"),
        ("@relation x\n@attribute a {0,0}\n@data\n1\n", "duplicate values: 0"),
        ("@relation x\n@attribute a {0,1\n@data\n1\n", "the list of values does not end"),
        ("@relation x\n@attribute a real\n@attribute 'a' real\n@data\n1,1\n", "duplicate attributes: a"),
        ("@relation x\n@attribute a real\n", "no @data"),
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


def independent(path):
    """Names and cells of one of the sets below, read by scipy, or cell by cell where it is sparse."""
    header, rows = re.split("@data", path.read_text(), flags=re.IGNORECASE)
    if "{" not in rows:
        data, meta = arff.loadarff(path)
        return [name.replace("\\", "") for name in meta.names()], np.array(data.tolist(), dtype=float)
    names = [line.split()[1] for line in header.splitlines() if line.lower().startswith("@attribute")]
    lines = [line.strip("{} ") for line in rows.splitlines() if line.strip()]
    cells = np.zeros((len(lines), len(names)))
    for i, line in enumerate(lines):
        for cell in filter(None, line.split(",")):
            cells[i, int(cell.split()[0])] = float(cell.split()[1])
    return names, cells


@pytest.mark.parametrize(
    ("name", "samples", "features", "labels"),
    [
        ("emotions", 593, 72, 6),
        ("yeast", 2417, 103, 14),
        ("medical", 978, 1449, 45),
        ("birds", 645, 271, 19),
        ("scene", 2407, 294, 6),
    ],
)
def test_real_sets(shared_data, name, samples, features, labels):
    folder = shared_data / "multilabel" / name
    files = {split: folder / f"{name}-{split}.arff" for split in ("train", "test")}
    annotations = read_arff_splits(files, folder / f"{name}.xml")
    assert annotations.features.shape == (samples, features)
    assert annotations.tasks.num_labels == labels
    for split, path in files.items():
        names, cells = independent(path)
        part = annotations.of_split(split)
        where = [names.index(label) for label in annotations.tasks.labels]
        np.testing.assert_array_equal(part.targets["labels"], cells[:, where])
        if name == "birds":  # 12 places, a column each: compared as numbers again
            place, declared = names.index("location"), (2, 10, 1, 7, 5, 4, 17, 15, 16, 8, 13, 11)
            cells[:, place] = [declared.index(value) for value in cells[:, place]]
        rest = [column for i, column in enumerate(cells.T) if i not in where]
        theirs = [np.eye(12)[c.astype(int)] if name == "birds" and i == 259 else c[:, None] for i, c in enumerate(rest)]
        ours = part.features.toarray() if sparse.issparse(part.features) else part.features
        np.testing.assert_array_equal(ours, np.hstack(theirs).astype(np.float32))


@pytest.mark.parametrize(("of_arff", "of_xml"), [("\u00e9mu", "e\u0301mu"), ("e\u0301mu", "\u00e9mu")])
def test_accents_match_however_they_are_encoded(tmp_path, of_arff, of_xml):
    (tmp_path / "a.arff").write_text(
        f"@relation r\n@attribute {of_arff} {{0,1}}\n@attribute x numeric\n@data\n1,2\n0,3\n", encoding="utf-8"
    )
    (tmp_path / "a.xml").write_text(f'<labels><label name="{of_xml}"/></labels>', encoding="utf-8")
    assert read_arff(tmp_path / "a.arff", tmp_path / "a.xml").targets["labels"].tolist() == [[1], [0]]


def test_votes_and_one_hot_columns_of_an_arff_file(tmp_path):
    attributes = "".join(f"@attribute {name} numeric\n" for name in ("sad", "glad", "x"))
    (tmp_path / "a.arff").write_text(f"@relation r\n{attributes}@data\n3,1,2\n0,4,3\n")
    classes = {"type": "categorical", "classes": ["sad", "glad"]}
    votes = read_arff(tmp_path / "a.arff", tasks=TaskSet.from_dict({"mood": {**classes, "votes": True}}))
    assert votes.targets["mood"].tolist() == [[0.75, 0.25], [0, 1]]
    assert votes.features.tolist() == [[2], [3]]
