"""Run jobs in several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from threading import Event, Thread
from types import FrameType
from typing import TypeVar

from gcnlabel.errors import InputError

PATIENCE = 3
"""Seconds for workers to clean up."""
_given_up = Event()
Job = TypeVar("Job")
Result = TypeVar("Result")


def unordered(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None = None
) -> Iterator[tuple[Job, Result]]:
    """Yield each job with its result, in order of completion.

    When a job fails or the caller stops, no further job is started and running ones are terminated, so jobs must write
    files atomically. When this process is killed, its workers end.

    Args:
        work: A function at the top level of a module.
        jobs: Arguments, one for each call.
        workers: Number of processes, None for one per processor; with one, jobs run in this process, in order.

    Raises:
        InputError: A worker was killed.

    Example:
        >>> list(unordered(abs, [-1, 2], workers=1))
        [(-1, 1), (2, 2)]
    """
    workers = min(workers or processors(), len(jobs))
    if workers <= 1:
        yield from ((job, work(job)) for job in jobs)
        return
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=_context(work.__module__), initializer=_start)
    of = {pool.submit(_do, work, job): job for job in jobs}
    try:
        for future in as_completed(of):
            yield of.pop(future), future.result()
    except BrokenProcessPool as error:
        raise InputError(
            "a worker process was killed, most often because memory ran out",
            fix="fewer workers (--workers), or a machine with more memory; then run the same command again",
        ) from error
    finally:
        if of:
            _end(set(multiprocessing.active_children()) - others)
        pool.shutdown(wait=True, cancel_futures=True)


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context(module: str) -> BaseContext:
    """Return the multiprocessing context for jobs of a module."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)  # a plain fork copies the locks of polars' and torch's threads
    if method == "forkserver":
        context.set_forkserver_preload([module])  # imported once instead of once per worker
    return context


def _end(workers: Iterable[BaseProcess]) -> None:
    """Terminate workers; kill them after a few seconds."""
    workers = list(workers)
    for worker in workers:
        worker.terminate()
    until = time.monotonic() + PATIENCE
    for worker in workers:
        worker.join(max(until - time.monotonic(), 0))
        worker.kill()


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent ends the others
    signal.signal(signal.SIGTERM, _give_up)
    Thread(target=_end_with_parent, daemon=True).start()


def _give_up(signum: int, frame: FrameType | None) -> None:
    _given_up.set()
    signal.signal(signum, signal.SIG_IGN)
    raise SystemExit(1)


def _do(work: Callable[[Job], Result], job: Job) -> Result:
    """Do a job, unless this process is ending: the pool would take its exit for the result of the previous job."""
    if _given_up.is_set():
        os._exit(1)
    try:
        return work(job)
    finally:
        if _given_up.is_set():
            os._exit(1)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
