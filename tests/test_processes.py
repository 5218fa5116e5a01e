"""Work in several processes ends soon when it is stopped, fails, or loses a worker."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gcnlabel.errors import InputError
from gcnlabel.files import atomic_write, remove_stale
from gcnlabel.processes import unordered
from gcnlabel.stopping import Stopped, stopping


def long(job):
    """Write, for minutes, unless it is the job that does something else."""
    folder, kind = job
    if kind == "kill":
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "fail":
        time.sleep(0.5)
        raise InputError("row 3 is no number")
    with atomic_write(folder / f"{kind}.txt") as temporary:
        temporary.write_text("half")
        (folder / f"{kind}.begun").touch()
        time.sleep(300)


def jobs(folder, *kinds):
    return [(folder, kind) for kind in kinds]


def children():
    return [child for child in multiprocessing.active_children() if child.is_alive()]


@pytest.mark.parametrize(("kind", "message"), [("fail", "row 3"), ("kill", "a worker process was killed.*memory")])
def test_a_job_that_fails_and_a_worker_that_is_killed(kind, message, tmp_path):
    start = time.monotonic()
    with pytest.raises(InputError, match=message):
        list(unordered(long, jobs(tmp_path, "a", kind, "b", "c"), workers=2))
    assert time.monotonic() - start < 100
    assert not children()
    assert not (tmp_path / "c.begun").exists()
    if kind == "fail":
        assert not list(tmp_path.glob(".torn-*"))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_long_jobs(name, tmp_path):
    def begun():
        while not list(tmp_path.glob("*.begun")):
            time.sleep(0.05)
        return time.monotonic()

    from threading import Thread

    at = []
    Thread(target=lambda: (at.append(begun()), os.kill(os.getpid(), getattr(signal, name))), daemon=True).start()
    with pytest.raises(Stopped), stopping("again"):
        list(unordered(long, jobs(tmp_path, "a", "b", "c"), workers=2))
    assert time.monotonic() - at[0] < 15
    assert not children()
    assert not list(tmp_path.glob("*.txt"))
    assert not list(tmp_path.glob(".torn-*"))


def test_what_killed_writers_left_is_removed_by_the_next(tmp_path):
    torn = tmp_path / ".torn-a-abc.txt"
    torn.write_text("half")
    other = tmp_path / ".torn-b-abc.txt"
    other.write_text("half")
    with atomic_write(tmp_path / "a.txt") as mine:
        mine.write_text("one")
        with atomic_write(tmp_path / "a.txt") as beside:  # another thread writes the same
            beside.write_text("two")
            assert mine.exists()
    assert not torn.exists()
    assert other.exists()  # of another file
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == [other.name, "a.txt"]


def _half(path):
    with atomic_write(path) as temporary:
        (temporary.parent / ".tmpXYZ").write_text("a library's own temporary file")
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_librarys_files_beside_the_temporary_are_removed_too(tmp_path):
    path = tmp_path / "a.safetensors"
    process = multiprocessing.get_context("fork").Process(target=_half, args=(path,))
    process.start()
    process.join()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".torn-a-")
    with atomic_write(path) as temporary:
        assert not left.exists()
        (temporary.parent / ".tmpXYZ").write_text("not renamed")
        save_file({"x": torch.ones(2)}, temporary)
        assert [entry.name for entry in tmp_path.iterdir()] == [temporary.parent.name]
        remove_stale(tmp_path)  # it is being written
        assert temporary.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
