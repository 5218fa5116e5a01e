"""Work that is spread over processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from threading import Thread
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def unordered(
    work: Callable[[Job], Result], jobs: Sequence[Job], workers: int | None = None
) -> Iterator[tuple[Job, Result]]:
    """Yield each job with its result, as they become ready.

    When a job fails or the caller stops, jobs that have begun are finished and no other is begun. When this process is
    killed, its workers end.

    Args:
        work: A function at the top level of a module.
        jobs: What it is called with, each.
        workers: Number of processes, None for one a processor; with one, jobs are done here, in order.

    Example:
        >>> list(unordered(abs, [-1, 2], workers=1))
        [(-1, 1), (2, 2)]
    """
    workers = min(workers or processors(), len(jobs))
    if workers <= 1:
        yield from ((job, work(job)) for job in jobs)
        return
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)  # a plain fork copies the locks of polars' and torch's threads
    if method == "forkserver":
        context.set_forkserver_preload([work.__module__])  # imported once, not once a worker
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start)
    try:
        of = {pool.submit(work, job): job for job in jobs}
        for future in as_completed(of):
            yield of.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the parent ends the others
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
