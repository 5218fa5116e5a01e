import errno
import os

import polars as pl
import pytest
from safetensors import SafetensorError

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file, refuse_existing, writable_folder
from gcnlabel.graph import LabelGraph


def test_writes_whole_and_refuses_to_overwrite(tmp_path):
    with atomic_write(tmp_path / "sub" / "a.txt") as temporary:
        temporary.write_text("one")
    assert (tmp_path / "sub" / "a.txt").read_text() == "one"
    with pytest.raises(InputError, match="already exists"), atomic_write(tmp_path / "sub" / "a.txt"):
        pass
    assert (tmp_path / "sub" / "a.txt").read_text() == "one"


def test_nothing_is_left_when_the_block_fails(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(RuntimeError), atomic_write(tmp_path / "a.txt", overwrite=True) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match="cannot write .*No space left"), atomic_write(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["file/a.txt", "file/sub/a.txt"])
def test_a_path_below_a_file(tmp_path, name):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"cannot write .*a\.txt: .*file is a file, not a folder"):
        refuse_existing(tmp_path / name, overwrite=True)
    with pytest.raises(InputError, match="cannot write"), atomic_write(tmp_path / name):
        pass
    with pytest.raises(InputError, match="cannot write .*: .*file is a file, not a folder"):
        writable_folder((tmp_path / name).parent)


def test_a_name_that_is_too_long(tmp_path):
    with pytest.raises(InputError, match=r"cannot write .*: .*too long"), atomic_write(tmp_path / ("a" * 300)):
        pass


@pytest.mark.parametrize("error", [SafetensorError, pl.exceptions.ComputeError])
def test_a_full_disk_is_said_by_libraries_that_have_errors_of_their_own(tmp_path, error):
    text = "Error while serializing: I/O error: No space left on device (os error 28)"
    with pytest.raises(InputError, match=r"cannot write .*a\.txt: .*No space left"), atomic_write(tmp_path / "a.txt"):
        raise error(text)
    assert not list(tmp_path.iterdir())
    with pytest.raises(error, match="another"), atomic_write(tmp_path / "a.txt"):
        raise error("another")
    with pytest.raises(InputError, match=r"^b\.csv cannot be read"), atomic_write(tmp_path / "a.txt"):
        raise InputError("b.csv cannot be read: gone (os error 2)")


def test_a_graph_on_a_full_disk(tmp_path, monkeypatch):
    def full(*_, **__):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("gcnlabel.graph.files.save_file", full)
    with pytest.raises(InputError, match=r"cannot write .*g\.safetensors: .*No space left"):
        LabelGraph.from_dense([[0, 1], [1, 0]], ["a", "b"]).save(tmp_path / "g.safetensors")


@pytest.mark.parametrize("name", ["g.pt", "g.csv", "g.v2"])
def test_a_graph_by_the_name_of_another_format(tmp_path, name):
    graph = LabelGraph.from_dense([[0, 1], [1, 0]], ["a", "b"])
    with pytest.raises(InputError, match=r"wrong suffix for a label graph\n.*\.safetensors\n.*g\.safetensors"):
        graph.save(tmp_path / name)
    graph.save(tmp_path / "plain")
    assert LabelGraph.load(tmp_path / "plain").labels == ("a", "b")


@pytest.mark.parametrize(("make", "message"), [(None, "not found"), ("folder", "is a folder"), ("empty", "is empty")])
def test_existing_file(tmp_path, make, message):
    path = tmp_path / "a"
    if make == "folder":
        path.mkdir()
    elif make == "empty":
        path.touch()
    with pytest.raises(InputError, match=message):
        existing_file(path)
