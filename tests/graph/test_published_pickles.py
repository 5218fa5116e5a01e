import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from gcnlabel.errors import InputError
from gcnlabel.graph import graph_from_pickle, read_pickle, vectors_from_pickle
from gcnlabel.tasks import MultiLabel, TaskSet

TASKS = TaskSet([MultiLabel("t", ("cat", "dog"))])
ADJ = {"adj": np.array([[0, 1], [1, 0]]), "nums": np.array([4, 2])}


def dump(tmp_path, value, protocol=2):
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


@pytest.mark.parametrize("protocol", range(6))
def test_adjacency_pickles_of_every_protocol(tmp_path, protocol):
    graph = graph_from_pickle(dump(tmp_path, ADJ, protocol), TASKS)
    assert graph.adjacency().tolist() == [[0, 0.25], [0.5, 0]]


def test_the_names_of_older_numpy(tmp_path):
    path = dump(tmp_path, ADJ)
    path.write_bytes(path.read_bytes().replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    with pytest.MonkeyPatch.context() as patch:
        import numpy._core.multiarray as multiarray

        patch.setitem(sys.modules, "numpy.core.multiarray", multiarray)
        assert graph_from_pickle(path, TASKS).adjacency()[0, 1] == 0.25


def test_vectors(tmp_path):
    array = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(vectors_from_pickle(dump(tmp_path, array), 2), array)
    with pytest.raises(InputError, match=r"shape \[2, 3\]"):
        vectors_from_pickle(dump(tmp_path, array), 5)


def test_frames_are_matched_by_name(tmp_path):
    frame = pd.DataFrame([[0.0, 0.5], [0.25, 0.0]], index=["dog", "cat"], columns=["cat", "dog"])
    frame.index, frame.columns = (pd.Index(list(axis), dtype=object) for axis in (frame.index, frame.columns))
    graph = graph_from_pickle(dump(tmp_path, frame, 4), TASKS)
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
    with pytest.raises(InputError, match=r"is refused: the pickle asks for \S+\.\w+"):
        read_pickle(path)
    assert not (tmp_path / "owned").exists()


def test_damaged_and_other_pickles(tmp_path):
    path = dump(tmp_path, ADJ)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged"):
        read_pickle(path)
    with pytest.raises(InputError, match="expected: a dict with adj and nums"):
        graph_from_pickle(dump(tmp_path, [1, 2]), TASKS)
    with pytest.raises(InputError, match="is about 2 labels"):
        graph_from_pickle(dump(tmp_path, ADJ), TaskSet([MultiLabel("t", ("a", "b", "c"))]))
