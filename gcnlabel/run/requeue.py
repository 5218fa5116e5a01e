"""A run that a signal stops says how to go on; as a job of SLURM that is told to make room, it goes on by itself."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from lightning.fabric.utilities.rank_zero import rank_zero_only

from gcnlabel.files import atomic_write
from gcnlabel.run.folder import RunFolder
from gcnlabel.stopping import Stopped, stopping

INTERACTIVE = ("bash", "interactive")
"""Names of jobs that a person works in, which cannot be queued again."""
PATIENCE = 15
"""Seconds that SLURM may take to answer."""


def is_first_process() -> bool:
    """Return whether this is the process, of those that train together, that writes files and reports."""
    return int(rank_zero_only.rank or 0) == 0


@contextmanager
def going_on(folder: RunFolder) -> Iterator[None]:
    """Train, or go on: a signal ends it with what to do then. SLURM's SIGUSR1 puts the job into the queue again.

    Raises:
        Stopped: A signal came.
    """
    with stopping(f"go on with: gcnlabel train --resume --output {folder.path}"):
        try:
            yield
        except KeyboardInterrupt as stop:
            raise Stopped(getattr(stop, "signum", signal.SIGINT), _way_on(folder, stop)) from None


def note_job(folder: RunFolder) -> None:
    """Keep in the folder which job of SLURM makes the run, if any does."""
    if (job := current_job()) is not None:
        _write(folder, job, queued_again=False)


def is_restarted(folder: RunFolder) -> bool:
    """Return whether the run was begun by this very job of SLURM, before the job was put into the queue again."""
    job, found = current_job(), {}
    with suppress(OSError, ValueError):
        found = json.loads(folder.job.read_text(encoding="utf-8"))
    if job is None or not isinstance(found, dict) or found.get("job") != job:
        return False
    return bool(found.get("queued_again")) or found.get("restarts") != _restarts()


def current_job() -> str | None:
    """Return the name of the SLURM job that this process belongs to, None outside and in interactive ones."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    name = f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID", "")
    known = re.fullmatch(r"[0-9_]+", name) and os.environ.get("SLURM_JOB_NAME") not in INTERACTIVE
    return name if known else None


def _way_on(folder: RunFolder, stop: KeyboardInterrupt) -> str:
    job = current_job()
    if job is not None and getattr(stop, "signum", None) == signal.SIGUSR1:
        if not is_first_process():
            return f"the first process queues job {job} again"
        if folder.path.is_dir():
            _write(folder, job, queued_again=True)
        if (failure := _requeue(job)) is None:
            return f"job {job} is in the queue again and goes on after the last finished epoch"
        return f"job {job} cannot be queued again ({failure}); {_resume(folder)}"
    return _resume(folder)


def _resume(folder: RunFolder) -> str:
    if not folder.config.exists():
        return "nothing was written: the same command begins anew"
    more = "" if folder.last.exists() else " (no epoch was finished: it begins anew)"
    return f"go on with: gcnlabel train --resume --output {folder.path}{more}"


def _requeue(job: str) -> str | None:
    """Put a job into SLURM's queue again; return why it failed, or None."""
    try:
        command = ["scontrol", "requeue", job]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"scontrol: {error}"
    return None if done.returncode == 0 else f"scontrol: {done.stderr.strip() or done.returncode}"


def _write(folder: RunFolder, job: str, *, queued_again: bool) -> None:
    content: dict[str, Any] = {"job": job, "restarts": _restarts(), "queued_again": queued_again}
    with atomic_write(folder.job, overwrite=True) as temporary:
        temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _restarts() -> str:
    return os.environ.get("SLURM_RESTART_COUNT", "0")
