import errno
import os

import pytest

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, existing_file


def test_writes_whole_and_refuses_to_overwrite(tmp_path):
    with atomic_write(tmp_path / "sub" / "a.txt") as temporary:
        temporary.write_text("one")
    assert (tmp_path / "sub" / "a.txt").read_text() == "one"
    with pytest.raises(InputError, match="exists already"), atomic_write(tmp_path / "sub" / "a.txt"):
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


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write"), atomic_write(tmp_path / "file" / "a.txt"):
        pass


@pytest.mark.parametrize(("make", "message"), [(None, "not found"), ("folder", "is a folder"), ("empty", "is empty")])
def test_existing_file(tmp_path, make, message):
    path = tmp_path / "a"
    if make == "folder":
        path.mkdir()
    elif make == "empty":
        path.touch()
    with pytest.raises(InputError, match=message):
        existing_file(path)
