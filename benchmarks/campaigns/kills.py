"""Kills: a command is killed at any moment, called again, and leaves what it would have left undisturbed, bit for bit.

Half of the kills come before a file is opened to be written, renamed, removed or locked, half after some time.

python benchmarks/campaigns/kills.py                     # make campaign: every command
python benchmarks/campaigns/kills.py train --trials 20
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path

import warm  # noqa: F401  (first: it says how many threads the others have)
from jobs import JOBS, SECONDS, Job, check_again, log_of, undisturbed
from record import Campaign, run
from trials import Limits, LostError, Trial, forked, said

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "fcntl.flock"}
MANY, SOME = 100, 30
LIMITS = Limits(seconds=3 * SECONDS, memory=8 * 2**30)


def begun(job: Job, folder: Path) -> Trial:
    """Call the job undisturbed, count what it does to files, and return the trial."""
    expected = undisturbed(job, folder)
    events, seconds = _measured(job, folder)

    def trial(number: int) -> None:
        chance, place = random.Random(number), folder / "trial"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder / "inputs", place)
        if number % 2:
            status = forked(lambda: job.call(place), log_of(place), SECONDS, kill_after=chance.uniform(0, seconds))
        else:
            at = chance.randint(1, events)
            status = forked(lambda: _killed_at(at, job, place), log_of(place), SECONDS)
        if status not in (0, -signal.SIGKILL):
            raise LostError(f"before it was killed, it ended with {status}: {said(log_of(place))}")
        check_again(job, place, expected)

    return trial


def _measured(job: Job, folder: Path) -> tuple[int, float]:
    """Return the number of events of a job, and how long it takes."""
    place, note = folder / "counted", folder / "counted.json"
    shutil.copytree(folder / "inputs", place)

    def counted() -> None:
        start, seen = time.monotonic(), []
        _on_event(lambda: seen.append(1))
        job.call(place)
        note.write_text(json.dumps([len(seen), time.monotonic() - start]))

    if forked(counted, log_of(place), SECONDS) != 0:
        raise RuntimeError(f"the undisturbed command fails: {said(log_of(place))}")
    events, seconds = json.loads(note.read_text())
    return events, seconds


def _killed_at(at: int, job: Job, place: Path) -> None:
    seen: list[int] = []

    def count() -> None:
        seen.append(1)
        if len(seen) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    _on_event(count)
    job.call(place)


def _on_event(do: object) -> None:
    """Call a function before everything that changes a file."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in EVENTS or (event == "open" and isinstance(args[2], int) and args[2] & WRITING):
            do()  # type: ignore[operator]

    sys.addaudithook(hook)


CAMPAIGNS = {
    name: Campaign(partial(begun, job), MANY if name in ("train", "prepare") else SOME, LIMITS)
    for name, job in JOBS.items()
}

if __name__ == "__main__":
    sys.exit(run("kills", __doc__, CAMPAIGNS))
