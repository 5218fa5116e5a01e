"""Trials, each in a process that is forked from a warmed one, and how each of them ended.

Whoever imports this module must not have used polars or torch, whose threads do not survive a fork: only imported them.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from gcnlabel.errors import InputError

Trial = Callable[[int], object]
"""What is tried with a number, which is its seed: it returns, or raises."""
READ, REFUSED, LOST, TRACEBACK, HANG, KILLED, MEMORY = ENDS = (
    *("result", "clear error", "lost or different", "traceback", "hang", "signal", "out of memory"),
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


class Limits(NamedTuple):
    """What a trial may take.

    Attributes:
        seconds: Time, on a machine that is not shared; where others compute too, it is longer in proportion.
        memory: Bytes of address space beside those of the warmed process.
    """

    seconds: float = 20
    memory: int = 2 * 2**30

    def wait(self) -> float:
        """Return the time in seconds from which a trial counts as one that hangs."""
        return self.seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


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
    except LostError as error:
        return Outcome(LOST, str(error))
    except MemoryError as error:
        return Outcome(MEMORY, _described(error))
    except BaseException as error:
        return Outcome(TRACEBACK, _described(error))
    return Outcome(READ)


def forked(work: Callable[[], object], log: Path, seconds: float, kill_after: float | None = None) -> int | None:
    """Do something in a child and return its status: an exit code, a negative signal, None where time ran out.

    Args:
        work: What is done; its ``SystemExit`` is the child's.
        log: File of what it prints.
        seconds: Time until the child is killed as one that hangs.
        kill_after: Time until it is killed on purpose.
    """
    child = os.fork()
    if child == 0:
        _print_to(log)
        _end_child(work)
    handle = os.pidfd_open(child)
    ended = select.select([handle], [], [], seconds if kill_after is None else kill_after)[0]
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return None if not ended and kill_after is None else status


def said(log: Path) -> str:
    """Return the end of what a child has printed."""
    return log.read_text(encoding="utf-8", errors="replace").strip()[-400:]


def _print_to(path: str | Path) -> None:
    """Send what is printed, by whom ever, to a file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(handle, number)
    os.close(handle)
    warnings.simplefilter("ignore")


def _end_child(work: Callable[[], object]) -> None:
    code = 1
    try:
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _of_one_process(trial: Trial, numbers: list[int], limits: Limits) -> Iterator[tuple[int, Outcome]]:
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        _end_child(lambda: _serve(trial, numbers, limits, sending))
    os.close(sending)
    with os.fdopen(receiving, "rb") as pipe:
        for number in numbers:
            ready = select.select([pipe], [], [], limits.wait())[0]
            line = pipe.readline() if ready else b""
            if line:
                yield number, Outcome(*json.loads(line))
                continue
            os.kill(child, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            yield number, Outcome(KILLED, f"status {status}") if ready else Outcome(HANG, f"{limits.seconds:.0f} s")
            return
    os.waitpid(child, 0)


def _serve(trial: Trial, numbers: list[int], limits: Limits, sending: int) -> None:
    _print_to(os.devnull)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + limits.memory, used + limits.memory))
    with os.fdopen(sending, "wb", buffering=0) as pipe:
        for number in numbers:
            pipe.write(json.dumps(attempt(trial, number)).encode() + b"\n")


def _described(error: BaseException) -> str:
    """Return the error and where it was raised, the last place within the package first."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "gcnlabel" in frame.filename and "site-packages" not in frame.filename]
    place = (ours or frames)[-1]
    return f"{type(error).__name__}: {str(error)[:200]} ({Path(place.filename).name}:{place.lineno})"
