"""Trials, each in a process that is forked from a warmed one, and how each of them ended.

Whoever imports this module must not have used polars or torch, whose threads do not survive a fork: only imported them.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import NamedTuple

import click
from children import HangError, Limits, compute_at_most, end_child, print_to

from gcnlabel.errors import InputError

Trial = Callable[[int], object]
"""What is tried with a number, which is its seed: it returns, or raises."""
READ, REFUSED, LOST, TRACEBACK, HANG, KILLED, MEMORY = ENDS = (
    "result",
    "clear error",
    "lost or different",
    "traceback",
    "hang",
    "signal",
    "out of memory",
)
GOOD = (READ, REFUSED)
BATCH = 100
"""Trials of one process."""
LONGEST_MESSAGE = 4000


class LostError(Exception):
    """A result is missing, differs, or something was left behind."""


class Outcome(NamedTuple):
    """How a trial ended, and what it said where that was no good end."""

    end: str
    detail: str = ""


def outcomes(trial: Trial, numbers: Sequence[int], limits: Limits) -> Iterator[tuple[int, Outcome]]:
    """Yield each number with how its trial ended; a trial that ends its process costs the others nothing."""
    left = list(numbers)
    while left:
        for number, outcome in _of_one_process(trial, left[:BATCH], limits):
            left.remove(number)
            yield number, outcome


def attempt(trial: Trial, number: int) -> Outcome:
    """Try it in this process."""
    try:
        trial(number)
    except SystemExit as end:
        return Outcome(*{0: (READ,), None: (READ,), 2: (REFUSED,)}.get(end.code, (TRACEBACK, f"exit code {end.code}")))
    except click.ClickException:
        return Outcome(REFUSED)
    except InputError as error:
        long = len(str(error)) > LONGEST_MESSAGE
        return Outcome(TRACEBACK, f"a message of {len(str(error))} characters") if long else Outcome(REFUSED)
    except HangError as error:
        return Outcome(HANG, str(error))
    except LostError as error:
        return Outcome(LOST, str(error))
    except MemoryError as error:
        return Outcome(MEMORY, _described(error))
    except BaseException as error:
        return Outcome(TRACEBACK, _described(error))
    return Outcome(READ)


def _of_one_process(trial: Trial, numbers: list[int], limits: Limits) -> Iterator[tuple[int, Outcome]]:
    receiving, sending = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        receiving.close()
        end_child(lambda: _serve(trial, numbers, limits, sending))
    sending.close()
    handle = os.pidfd_open(child)
    try:
        for number in numbers:
            ready = wait([receiving, handle], limits.wall)
            message = _message(receiving)
            if message is None:
                yield number, _ended(child, limits, silent=not ready)
                return
            yield number, Outcome(*json.loads(message))
        os.waitpid(child, 0)
    finally:
        receiving.close()
        os.close(handle)


def _message(receiving: Connection) -> bytes | None:
    """Return what a child has sent, None where it has sent nothing."""
    try:
        return receiving.recv_bytes() if receiving.poll() else None
    except EOFError:
        return None


def _ended(child: int, limits: Limits, *, silent: bool) -> Outcome:
    """Return how a trial ended that has ended its process, or has been silent for too long."""
    os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if silent or status == -signal.SIGXCPU:
        return Outcome(HANG, limits.spent(silent=silent))
    return Outcome(KILLED, f"status {status}")


def _serve(trial: Trial, numbers: list[int], limits: Limits, sending: Connection) -> None:
    print_to(os.devnull)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory, used + limits.memory))
    for number in numbers:
        compute_at_most(limits.seconds)
        sending.send_bytes(json.dumps(attempt(trial, number)).encode())


def _described(error: BaseException) -> str:
    """Return the error and where it was raised, the last place within the package first."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "gcnlabel" in frame.filename and "site-packages" not in frame.filename]
    place = (ours or frames)[-1]
    return f"{type(error).__name__}: {str(error)[:200]} ({Path(place.filename).name}:{place.lineno})"
