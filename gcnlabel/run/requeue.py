"""Handle signals during training: say how to resume, and requeue a SLURM job that is preempted."""

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
"""Names of interactive jobs, which cannot be requeued."""
PATIENCE = 15
"""Seconds to wait for an answer of SLURM."""


def is_first_process() -> bool:
    """Return whether this is the process that writes files and reports, among those that train together."""
    return int(rank_zero_only.rank or 0) == 0


@contextmanager
def stoppable(folder: RunFolder) -> Iterator[None]:
    """Return a context for training that a signal ends with advice; on SLURM's SIGUSR1 the job is requeued.

    Raises:
        Stopped: A signal was received.
    """
    with stopping(f"continue with: gcnlabel train --resume --output {folder.path}"):
        try:
            yield
        except KeyboardInterrupt as stop:
            raise Stopped(getattr(stop, "signum", signal.SIGINT), _advice(folder, stop)) from None


def note_job(folder: RunFolder) -> None:
    """Write to the folder which SLURM job trains the run, if any."""
    if (job := current_job()) is not None:
        _write(folder, job, queued_again=False)


def is_restarted(folder: RunFolder) -> bool:
    """Return whether this SLURM job started the run before it was requeued."""
    job, found = current_job(), {}
    with suppress(OSError, ValueError):
        found = json.loads(folder.job.read_text(encoding="utf-8"))
    if job is None or not isinstance(found, dict) or found.get("job") != job:
        return False
    return bool(found.get("queued_again")) or found.get("restarts") != _restarts()


def current_job() -> str | None:
    """Return the id of the SLURM job of this process; None outside of SLURM and in interactive jobs."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    name = f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID", "")
    known = re.fullmatch(r"[0-9_]+", name) and os.environ.get("SLURM_JOB_NAME") not in INTERACTIVE
    return name if known else None


def _advice(folder: RunFolder, stop: KeyboardInterrupt) -> str:
    job = current_job()
    if job is not None and getattr(stop, "signum", None) == signal.SIGUSR1:
        if not is_first_process():
            return f"the first process requeues job {job}"
        if folder.path.is_dir():
            _write(folder, job, queued_again=True)
        if (failure := _requeue(job)) is None:
            return f"job {job} is requeued and continues after the last finished epoch"
        return f"job {job} cannot be requeued ({failure}); {_resume(folder)}"
    return _resume(folder)


def _resume(folder: RunFolder) -> str:
    if not folder.config.exists():
        return "nothing was written: run the same command to start again"
    more = "" if folder.last.exists() else " (no epoch was finished: it starts again)"
    return f"continue with: gcnlabel train --resume --output {folder.path}{more}"


def _requeue(job: str) -> str | None:
    """Requeue a SLURM job; return the reason of a failure, or None."""
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
