import copy
import gc
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from gcnlabel.statistics.ranks.spill import SpillFile


def test_arrays_come_back_in_slices():
    file, arrays = SpillFile(), [np.arange(n, dtype=np.uint64) * np.uint64(2**60) for n in (5, 0, 3)]
    spilled = [file.write(array) for array in arrays]
    for there, array in zip(spilled, arrays, strict=True):
        assert len(there) == len(array)
        for part in (slice(None), slice(1, 3), slice(2, None), slice(4, 2), slice(0, 99)):
            assert there[part].tolist() == array[part].tolist()


@pytest.mark.parametrize("copied", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy])
def test_a_copy_is_in_memory_and_its_file_is_another(copied):
    file = SpillFile()
    array = file.write(np.arange(4, dtype=np.uint64))
    assert isinstance(copied(array), np.ndarray)
    assert copied(array).tolist() == [0, 1, 2, 3]
    other = copied(file).write(np.array([9], dtype=np.uint64))
    assert (other[:].tolist(), array[:].tolist()) == ([9], [0, 1, 2, 3])


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    array = SpillFile().write(np.arange(4, dtype=np.uint64))
    assert len(os.listdir("/proc/self/fd")) == before + 1
    assert array[1:3].tolist() == [1, 2]  # an array keeps its file
    del array
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == before
    assert not list(tmp_path.iterdir())
