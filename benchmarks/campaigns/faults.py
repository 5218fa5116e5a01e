"""Faults of the environment: a command ends well or with one clear error, leaves no half of a file, and goes on after.

Full and read-only disks need the right to mount; where there is none, these kinds are left out.

python benchmarks/campaigns/faults.py                    # make campaign: every fault
python benchmarks/campaigns/faults.py full-disk --trials 8
"""

from __future__ import annotations

import ctypes
import io
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import warm  # noqa: F401  (first: it says how many threads the others have)
from children import forked, said
from disks import FILLING, can_mount, disk_at, folder_at, mend
from jobs import COMMAND, JOBS, TRIAL, Job, check_again, digests, log_of, undisturbed
from record import Campaign, run
from trials import LONGEST_MESSAGE, LostError, Trial

from gcnlabel.files.writing import PREFIX

Fault = Callable[[random.Random, Path], object]
"""What is done to a process, or to the folder that it works in, before a command is called."""
RESUMABLE = ("train", "prepare", "reproduce", "ablate")
"""Commands that may leave some of their files, whole, when they end with an error."""


def begun(jobs: dict[str, Job], fault: Fault, on_disk: bool, folder: Path) -> Trial:
    """Call the jobs undisturbed, and return the trial."""
    places = {name: folder / name for name in jobs}
    expected = {}
    for name, job in jobs.items():
        places[name].mkdir()
        expected[name] = undisturbed(job, places[name])

    def trial(number: int) -> None:
        name = list(jobs)[number % len(jobs)]
        job, place = jobs[name], places[name] / "trial"
        with disk_at(place) if on_disk else folder_at(place):
            shutil.copytree(places[name] / "inputs", place, dirs_exist_ok=True)
            before = digests(place)
            status = forked(lambda: _disturbed(job, place, fault, random.Random(number)), log_of(place), COMMAND)
            mend(place, on_disk)
            _check_end(name, status, place, before, expected[name])
            check_again(job, place, expected[name])

    return trial


def _disturbed(job: Job, place: Path, fault: Fault, chance: random.Random) -> None:
    os.chdir(place)
    fault(chance, place)
    job.call(place)


def _check_end(name: str, status: int, place: Path, before: dict[str, str], expected: dict[str, str]) -> None:
    """Check that a disturbed command has ended as it should, and has left whole files alone.

    Raises:
        LostError: It has not.
    """
    text = said(log_of(place), LONGEST_MESSAGE)
    if status not in (0, 2) or "Traceback" in text or (status == 2 and "error: " not in text):
        raise LostError(f"it ended with {status}: {text}")
    written = {file: digest for file, digest in digests(place).items() if before.get(file) != digest}
    torn = [file for file in written if any(part.startswith(PREFIX) for part in Path(file).parts)]
    if torn:
        raise LostError(f"left behind: {', '.join(torn)}")
    if name not in RESUMABLE and any(expected.get(file) != digest for file, digest in written.items()):
        raise LostError(f"half-written: {', '.join(written)}")


def _file_size(chance: random.Random, place: Path) -> None:
    size = int(2 ** chance.uniform(12, 17))  # what is printed goes to a file too, and must fit
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _full(chance: random.Random, place: Path) -> None:
    """Fill the disk, but for some bytes."""
    room = os.statvfs(place)
    left = int(2 ** chance.uniform(8, 18))
    with (place / FILLING).open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - left))


def _read_only(chance: random.Random, place: Path) -> None:
    os.chdir("/")
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)


def _no_rights(chance: random.Random, place: Path) -> None:
    """Take the rights of the folder, or of a file in it, and the right of root to pass over rights."""
    there = [place, *sorted(path for path in place.rglob("*"))]
    target = chance.choice(there)
    target.chmod(0o500 if target.is_dir() else 0)
    if os.geteuid() == 0:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        data, system = (ctypes.c_uint32 * 6)(), ctypes.CDLL(None, use_errno=True)
        failed = system.capget(header, data)
        data[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, of the effective ones
        if failed or system.capset(header, data):
            raise OSError(ctypes.get_errno(), "capset")


def _encoding(chance: random.Random, place: Path) -> None:
    """Let the terminal speak another encoding."""
    encoding = chance.choice(("ascii", "latin-1", "cp1252"))
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(os.fdopen(number, "wb", closefd=False), encoding=encoding, write_through=True)
        setattr(sys, name, stream)


def _lost_worker(chance: random.Random, place: Path) -> None:
    """Kill a process that is started, as a system does that is out of memory: soon, or once it has worked."""
    delay, at_work = chance.uniform(0, 3), chance.random() < 0.5

    def watch() -> None:
        while not _workers(os.getpid()) or (at_work and not any(file for sign in AT_WORK for file in place.glob(sign))):
            time.sleep(0.02)
        time.sleep(0 if at_work else delay)
        with suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(_workers(os.getpid())), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _workers(process: int) -> list[int]:
    """Return the children of a process, and for those that serve multiprocessing, their children."""
    found = []
    for word in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        with suppress(OSError):
            serves = b"multiprocessing." in Path(f"/proc/{word}/cmdline").read_bytes()
            found += _workers(int(word)) if serves else [int(word)]
    return found


def _with(name: str, *words: str) -> Job:
    """Return a job with other words at its end."""
    return JOBS[name]._replace(words=(*JOBS[name].words, *words))


AT_WORK = ("run/metrics.csv", "cache/shards/*.json")
"""Files that are written while several processes work."""
WORKING = {
    "train": _with("train", "--set", "training.workers=2"),
    "prepare": _with("prepare", "--workers", "2"),
    "build-graph": _with("build-graph", "--workers", "2"),
    "ablate": _with("ablate", "--workers", "2"),
}
RANKS = {"train": _with("train", "--devices", "2")}
FAULTS: dict[str, tuple[dict[str, Job], Fault, bool, int]] = {
    "file-size": (JOBS, _file_size, False, 40),
    "rights": (JOBS, _no_rights, False, 40),
    "encoding": (JOBS, _encoding, False, 24),
    "lost-worker": (WORKING, _lost_worker, False, 24),
    "lost-rank": (RANKS, _lost_worker, False, 8),
    "full-disk": (JOBS, _full, True, 40),
    "read-only": (JOBS, _read_only, True, 16),
}
"""Name -> jobs, what befalls them, whether they work on a disk of their own, and number of trials."""


def campaigns() -> dict[str, Campaign]:
    """Return the campaigns that this system allows."""
    mountable = can_mount()
    return {
        name: Campaign(partial(begun, jobs, fault, on_disk), count, TRIAL)
        for name, (jobs, fault, on_disk, count) in FAULTS.items()
        if mountable or not on_disk
    }


if __name__ == "__main__":
    sys.exit(run("faults", __doc__, campaigns()))
