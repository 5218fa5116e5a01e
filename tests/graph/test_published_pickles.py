import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from gcnlabel.cli import main
from gcnlabel.embeddings import read_label_arrays
from gcnlabel.errors import InputError
from gcnlabel.graph import (
    LabelGraph,
    graph_from_edges,
    graph_from_matrix,
    read_pickle,
)
from gcnlabel.graph.published_pickles import counts_from_pickle, matrix_from_pickle
from gcnlabel.tasks import MultiLabel, TaskSet

pytestmark = pytest.mark.filterwarnings("ignore::gcnlabel.errors.IsolatedLabelWarning")

TASKS = TaskSet([MultiLabel("t", ("cat", "dog"))])
ADJ = {"adj": np.array([[0, 1], [1, 0]]), "nums": np.array([4, 2])}


def dump(tmp_path, value, protocol=2):
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


@pytest.mark.parametrize("named", ["index", "columns"])
def test_names_of_one_axis_are_those_of_both(tmp_path, named):
    frame = pd.DataFrame([[0.0, 0.2], [0.7, 0.0]], **{named: ["dog", "cat"]})
    graph = matrix_from_pickle(dump(tmp_path, frame), TASKS)
    assert graph.statistic.tolist() == [[0.0, 0.7], [0.2, 0.0]]  # cat first
    with pytest.raises(InputError, match="(?s)a frame of shape.*a square matrix"):
        matrix_from_pickle(dump(tmp_path, pd.DataFrame(np.ones((3, 2)), columns=["dog", "cat"])), TASKS)


def test_frames_of_vectors_whose_columns_are_the_labels(tmp_path):
    by_column = dump(tmp_path, pd.DataFrame({"dog": [1.0, 2.0], "Cat": [3.0, 4.0]}))
    assert read_label_arrays(by_column, ["cat", "dog"]).tolist() == [[3, 4], [1, 2]]
    both = dump(tmp_path, pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], ["dog", "cat"], ["dog", "cat"]))
    assert read_label_arrays(both, ["cat", "dog"]).tolist() == [[3, 4], [1, 2]]


@pytest.mark.parametrize("protocol", range(6))
def test_adjacency_pickles_of_every_protocol(tmp_path, protocol):
    graph = counts_from_pickle(dump(tmp_path, ADJ, protocol), TASKS)
    assert graph.adjacency().tolist() == [[0, 0.25], [0.5, 0]]


def test_the_names_of_older_numpy(tmp_path):
    path = dump(tmp_path, ADJ)
    path.write_bytes(path.read_bytes().replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    with pytest.MonkeyPatch.context() as patch:
        import numpy._core.multiarray as multiarray

        patch.setitem(sys.modules, "numpy.core.multiarray", multiarray)
        assert counts_from_pickle(path, TASKS).adjacency()[0, 1] == 0.25


def test_vectors(tmp_path):
    array = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(read_label_arrays(dump(tmp_path, array), ["cat", "dog"]), array)
    with pytest.raises(InputError, match=r"shape \[2, 3\]"):
        read_label_arrays(dump(tmp_path, array), ["cat", "dog", "cow"])


def test_frames_are_matched_by_name(tmp_path):
    frame = pd.DataFrame([[0.0, 0.5], [0.25, 0.0]], index=["dog", "cat"], columns=["cat", "dog"])
    frame.index, frame.columns = (pd.Index(list(axis), dtype=object) for axis in (frame.index, frame.columns))
    graph = matrix_from_pickle(dump(tmp_path, frame, 4), TASKS)
    assert graph.statistic.tolist() == [[0.25, 0.0], [0.0, 0.5]]


class Evil:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize(
    "evil",
    [
        Evil(os.system, "touch owned"),
        Evil(eval, "1 + 1"),
        Evil(subprocess.Popen, ["true"]),
        Evil(np.load, "x.npy"),
        Evil(pd.read_pickle, "x.pkl"),
        Evil(getattr, np.ndarray, "tofile"),
    ],
)
def test_anything_but_arrays_is_refused_by_name(tmp_path, evil, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = dump(tmp_path, {"adj": evil, "nums": np.zeros(2)})
    with pytest.raises(InputError, match=r"is refused: the pickle uses \S+\.\w+"):
        read_pickle(path)
    assert not (tmp_path / "owned").exists()


def test_frames_and_edges_disregard_case_where_that_is_unambiguous(tmp_path):
    frame = pd.DataFrame([[0.0, 0.5], [0.25, 0.0]])
    frame.index, frame.columns = (pd.Index(list(axis), dtype=object) for axis in (["DOG", "Cat"], ["Cat", "DOG"]))
    assert matrix_from_pickle(dump(tmp_path, frame, 4), TASKS).statistic.tolist() == [[0.25, 0.0], [0.0, 0.5]]
    assert graph_from_matrix(["Dog", "CAT"], [[1, 2], [3, 4]], tasks=TASKS).statistic.tolist() == [[4, 3], [2, 1]]
    assert graph_from_edges([("Dog", "CAT", 0.5)], tasks=TASKS).adjacency().tolist() == [[0, 0.5], [0, 0]]
    both = TaskSet([MultiLabel("t", ("us", "US"))])
    assert graph_from_matrix(["US", "us"], [[1, 2], [3, 4]], tasks=both).statistic.tolist() == [[4, 3], [2, 1]]
    with pytest.raises(InputError, match="missing in the source: us"):
        graph_from_matrix(["US", "Us"], [[1, 2], [3, 4]], tasks=both)
    with pytest.raises(InputError, match="missing in the source: us, US"):
        graph_from_matrix(["uS", "Us"], [[1, 2], [3, 4]], tasks=both)


def test_matrices_and_counts_are_told_apart(tmp_path):
    with pytest.raises(InputError, match=r"holds counts(.|\n)*--from-counts"):
        matrix_from_pickle(dump(tmp_path, ADJ), TASKS)
    for other in (np.eye(2), [[1, 2], [3, 4]], {"adj": np.eye(2)}):
        with pytest.raises(InputError, match=r"expected: a dict with adj \(co-occurrences(.|\n)*--from-matrix"):
            counts_from_pickle(dump(tmp_path, other), TASKS)
    for matrix in (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]], pd.DataFrame([[1, 2], [3, 4]])):
        graph = matrix_from_pickle(dump(tmp_path, matrix), TASKS)
        assert graph.statistic.tolist() == [[1, 2], [3, 4]]
        assert "in the order of the tasks' labels" in graph.history["source"]
        with pytest.raises(InputError, match=r"holds no names of labels(.|\n)*TASKS"):
            matrix_from_pickle(dump(tmp_path, matrix), None)
    np.save(tmp_path / "a.npy", np.eye(3))
    with pytest.raises(InputError, match=r"shape \[3, 3\]\n  expected: \[2, 2\]"):
        matrix_from_pickle(tmp_path / "a.npy", TASKS)
    for adj, nums in [([[0, 5], [5, 0]], [4, 2]), ([[0, -1], [-1, 0]], [4, 2]), ([[0, np.nan], [1, 0]], [4, 2])]:
        with pytest.raises(InputError, match="a.pkl"):
            counts_from_pickle(dump(tmp_path, {"adj": np.array(adj), "nums": np.array(nums)}), TASKS)


def test_build_graph_takes_the_published_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks.yaml").write_text("tasks: {t: {type: multilabel, labels: [cat, dog]}}\n")
    (tmp_path / "x_adj.pkl").write_bytes(pickle.dumps({"adj": np.array([[0, 1], [1, 0]]), "nums": np.array([4, 2])}))
    (tmp_path / "v.pkl").write_bytes(pickle.dumps(np.arange(6.0).reshape(2, 3)))
    np.save("m.npy", np.array([[0, 0.25], [0.5, 0]]))
    line = "build-graph tasks.yaml --convention ml-gcn-paper --tau 0.3 --embeddings v.pkl --output"
    for name, source in (("a", "--from-counts x_adj.pkl"), ("b", "--from-matrix m.npy")):
        result = CliRunner().invoke(main, f"{line} {name}.safetensors {source}".split())
        assert result.exit_code == 0, result.output
        assert "assumed: " in result.output
        assert "in the order of the tasks' labels: cat, dog" in result.output
        graph = LabelGraph.load(f"{name}.safetensors")
        assert graph.statistic.tolist() == [[0, 0.25], [0.5, 0]]
        assert graph.x.tolist() == [[0, 1, 2], [3, 4, 5]]
        np.testing.assert_allclose(graph.adjacency(), [[1, 0], [0.2, 0.8]])


def test_damaged_and_other_pickles(tmp_path):
    path = dump(tmp_path, ADJ)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged"):
        read_pickle(path)
    with pytest.raises(InputError, match="expected: a dict with adj and nums"):
        matrix_from_pickle(dump(tmp_path, [1, 2]), TASKS)
    with pytest.raises(InputError, match="has 2 labels"):
        counts_from_pickle(dump(tmp_path, ADJ), TaskSet([MultiLabel("t", ("a", "b", "c"))]))
