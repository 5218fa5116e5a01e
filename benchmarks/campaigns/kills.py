"""Kills: a command is killed at any moment, called again, and leaves what it would have left undisturbed, bit for bit.

Half of the kills come before a file is opened to be written, renamed, removed or locked, half after some time that the
command has computed, whatever else the machine does.

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
from children import forked, said
from jobs import COMMAND, JOBS, TRIAL, Job, check_again, log_of, undisturbed
from record import Campaign, run
from trials import LostError, Trial

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "fcntl.flock"}
MANY, SOME = 100, 30


def begun(job: Job, folder: Path) -> Trial:
    """Call the job undisturbed, count what it does to files, and return the trial."""
    expected = undisturbed(job, folder)
    events, seconds = _measured(job, folder)

    def trial(number: int) -> None:
        chance, place = random.Random(number), folder / "trial"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(folder / "inputs", place)
        begin = partial(_end_at, chance.randint(1, events))
        if number % 2:
            begin = partial(_end_after, chance.uniform(0, seconds))
        status = forked(lambda: (begin(), job.call(place)), log_of(place), COMMAND)
        if status not in (0, -signal.SIGKILL, -signal.SIGPROF):
            raise LostError(f"before it was killed, it ended with {status}: {said(log_of(place))}")
        check_again(job, place, expected)

    return trial


def _measured(job: Job, folder: Path) -> tuple[int, float]:
    """Return the number of events of a job, and how long it computes."""
    place, note = folder / "counted", folder / "counted.json"
    shutil.copytree(folder / "inputs", place)

    def counted() -> None:
        seen: list[int] = []
        _on_event(lambda: seen.append(1))
        job.call(place)
        note.write_text(json.dumps([len(seen), time.process_time()]))

    if forked(counted, log_of(place), COMMAND) != 0:
        raise RuntimeError(f"the undisturbed command fails: {said(log_of(place))}")
    events, seconds = json.loads(note.read_text())
    return events, seconds


def _end_at(event: int) -> None:
    """Let this process be killed before it does something to a file for the given time."""
    seen: list[int] = []

    def count() -> None:
        seen.append(1)
        if len(seen) == event:
            os.kill(os.getpid(), signal.SIGKILL)

    _on_event(count)


def _end_after(seconds: float) -> None:
    """Let this process be killed when it has computed for so long: no handler is called, as by SIGKILL."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _on_event(do: object) -> None:
    """Call a function before everything that changes a file."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in EVENTS or (event == "open" and isinstance(args[2], int) and args[2] & WRITING):
            do()  # type: ignore[operator]

    sys.addaudithook(hook)


CAMPAIGNS = {
    name: Campaign(partial(begun, job), MANY if name in ("train", "prepare") else SOME, TRIAL)
    for name, job in JOBS.items()
}

if __name__ == "__main__":
    sys.exit(run("kills", __doc__, CAMPAIGNS))
