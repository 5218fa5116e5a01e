"""Run jobs on a Dask cluster, with time limits."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any, TypeVar

from gcnlabel.errors import InputError

Job = TypeVar("Job")
Result = TypeVar("Result")
Submit = Callable[[Callable[[Job], Result], Sequence[Job]], Iterator[Result]]
CHECK_EVERY = 0.5
"""Seconds between two checks of the workers."""


@contextmanager
def cluster(address: str, timeout: float) -> Iterator[Submit[Any, Any]]:
    """Yield a function that runs jobs on the workers of a scheduler and yields their results in order.

    Args:
        address: Address of the scheduler, ``tcp://host:port``.
        timeout: Seconds to wait for it, and for a worker while it has none.

    Raises:
        InputError: Dask is not installed, the scheduler does not answer or stops, or there is no worker in time.
    """
    if importlib.util.find_spec("distributed") is None:
        raise InputError("--scheduler needs Dask, which is not installed", fix="pip install 'gcnlabel[dask]'")
    client = _connected(address, timeout)

    def submit(work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        for future in [client.submit(work, job, pure=False) for job in jobs]:
            yield _result(future, client, address, timeout)

    try:
        yield submit
    finally:
        _within(lambda: client.close(timeout=5), 10)


def _connected(address: str, timeout: float) -> Any:
    from distributed import Client

    found = _within(lambda: Client(address, timeout=timeout), timeout + 1)
    if not isinstance(found, Exception):
        return found
    raise InputError(
        f"no Dask scheduler at {address}: {found}",
        expected="tcp://host:port of a running scheduler",
        fix="start one: dask scheduler, and dask worker tcp://host:8786 on each machine",
    ) from found


def _result(future: Any, client: Any, address: str, timeout: float) -> Any:
    """Return the result of a job; while waiting, check that there are workers."""
    from distributed import KilledWorker

    try:
        return _awaited(future, client, address, timeout)
    except KilledWorker as error:
        raise InputError(
            "workers of the Dask cluster were killed, most often because memory ran out",
            fix="give them more memory, or each of them fewer threads (dask worker --nthreads 1)",
        ) from error


def _awaited(future: Any, client: Any, address: str, timeout: float) -> Any:
    seen = time.monotonic()
    while not future.done():
        if _workers(client):
            seen = time.monotonic()
        elif time.monotonic() - seen > timeout:
            raise InputError(
                f"the Dask scheduler at {address} has had no worker for {timeout:g} seconds",
                fix=f"start some: dask worker {address}; or wait longer: --timeout",
            )
        with suppress(TimeoutError):
            future.result(timeout=CHECK_EVERY)
            break
    if future.cancelled():
        raise InputError(f"the Dask scheduler at {address} stopped", fix="start it again, then rerun the command")
    return future.result(timeout=timeout)


def _workers(client: Any) -> int:
    found = _within(lambda: len(client.scheduler_info(n_workers=-1)["workers"]), 5)
    return found if isinstance(found, int) else 0


def _within(work: Callable[[], Any], seconds: float) -> Any:
    """Return the result or the exception of ``work()``; a TimeoutError if it takes longer than ``seconds``."""
    found: list[Any] = [TimeoutError(f"no answer within {seconds:g} seconds")]

    def run() -> None:
        try:
            found[0] = work()
        except Exception as error:
            found[0] = error

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0]
