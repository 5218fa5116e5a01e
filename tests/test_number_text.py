"""``1_0`` is a ten in Python's source alone: in no file and no option is it one."""

import numpy as np
import pytest

from gcnlabel.annotations import read_arff, read_table
from gcnlabel.cli.pairs import weights_of
from gcnlabel.embeddings.word_vectors import read_word_vectors
from gcnlabel.errors import InputError
from gcnlabel.estimators.labels import tag_table
from gcnlabel.graph import read_counts, read_edges, read_matrix
from gcnlabel.tasks import Columns, Dimensional, MultiLabel, TaskSet
from gcnlabel.tasks.tag_words import tag_value

AFFECT = TaskSet([Dimensional("affect", ["v"], source=Columns(missing=("1_0",)))])


def written(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


READERS = {
    "vectors": (lambda path: read_word_vectors(path, ["cat", "dog"]), "cat 1_0 2\ndog 3 4\n"),
    "all vectors": (lambda path: read_word_vectors(path, ["cat", "dog"]), "cat 1_0 2_0\ndog 3_0 4_0\n"),
    "matrix": (read_matrix, ",a,b\na,0,1_0\nb,0.5,0\n"),
    "counts": (read_counts, "label,count,a,b\na,1_0,0,1\nb,5,1,0\n"),
    "edges": (read_edges, "source,target,weight\na,b,0_1\n"),
    "table": (lambda path: read_table(path, TaskSet([Dimensional("affect", ["v"])])), "v\n1\n1_0\n"),
    "arff": (read_arff, "@relation 'r: -C 1'\n@attribute t {0,1}\n@attribute x numeric\n@data\n1,1_0\n"),
    "arff with quotes": (read_arff, "@relation 'r: -C 1'\n@attribute t {0,1}\n@attribute x numeric\n@data\n1,'1_0'\n"),
    "arff weight": (read_arff, "@relation 'r: -C 1'\n@attribute t {0,1}\n@attribute x numeric\n@data\n1,1,{1_0}\n"),
}


@pytest.mark.parametrize("kind", READERS)
def test_no_file_is_read_so(kind, tmp_path):
    read, text = READERS[kind]
    with pytest.raises(InputError):
        read(written(tmp_path, f"x.{'arff' if 'arff' in kind else 'csv'}", text))
    read(written(tmp_path, f"y.{'arff' if 'arff' in kind else 'csv'}", text.replace("_", ".")))


def test_a_marker_is_no_ten(tmp_path):
    path = written(tmp_path, "a.csv", "v\n10\n1_0\n")
    assert read_table(path, AFFECT).targets["affect"][0, 0] == 10


def test_no_tag_and_no_option_is_read_so():
    assert tag_value("0_1") is None
    with pytest.raises(InputError):
        tag_table(np.array([["0_1", "0"]]), ["a", "b"])
    with pytest.raises(InputError):
        MultiLabel("t", ["a"], source=Columns(codes={"x": "0_1"}))
    with pytest.raises(InputError, match="--p 0_1"):
        weights_of(("0_1",))
    with pytest.raises(InputError, match="--p a=0_1"):
        weights_of(("a=0_1",))
