"""Work in children, and limits on their time and memory.

What counts is the time that a child computes, which does not depend on what else a machine does: one that gets a
hundredth of a processor, beside others or at a low priority, may take minutes for a second's work. A child that
computes for longer than its limit hangs, and so does one that neither computes nor ends: a limit on its time by the
clock, many times as long, is there for those alone.
"""

from __future__ import annotations

import math
import os
import resource
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Limits(NamedTuple):
    """What a child may take.

    Attributes:
        seconds: Time that it computes, in each of its processes.
        wall: Time by the clock, in seconds: a child that waits for what never comes uses no other.
        memory: Bytes of address space beside those of the warmed process.
    """

    seconds: float = 20
    wall: float = 600
    memory: int = 2 * 2**30

    def spent(self, *, silent: bool) -> str:
        """Return in words the time that was too long."""
        return f"silent for {self.wall:.0f} s" if silent else f"computed for {self.seconds:.0f} s"


class HangError(Exception):
    """A child has computed, or has been silent, for longer than it may."""


def forked(work: Callable[[], object], log: Path, limits: Limits) -> int:
    """Do something in a child and return its status: an exit code or a negative signal.

    Args:
        work: What is done; its ``SystemExit`` is the child's.
        log: File of what it prints.
        limits: Time until the child is killed as one that hangs.

    Raises:
        HangError: It was.
    """
    child = os.fork()
    if child == 0:
        print_to(log)
        compute_at_most(limits.seconds)
        end_child(work)
    handle = os.pidfd_open(child)
    ended = select.select([handle], [], [], limits.wall)[0]
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not ended or status == -signal.SIGXCPU:
        raise HangError(f"{limits.spent(silent=not ended)}: {said(log)}")
    return status


def compute_at_most(seconds: float) -> None:
    """End this process by SIGXCPU when it has computed for so long from now on; by whole seconds."""
    limit = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def said(log: Path, most: int = 400) -> str:
    """Return the end of what a child has printed, at most so many characters."""
    return log.read_text(encoding="utf-8", errors="replace").strip()[-most:]


def print_to(path: str | Path) -> None:
    """Send what is printed, by whom ever, to a file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(handle, number)
    os.close(handle)
    warnings.simplefilter("ignore")


def end_child(work: Callable[[], object]) -> None:
    """Do something in this process, a child, and end it, whatever happens."""
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
