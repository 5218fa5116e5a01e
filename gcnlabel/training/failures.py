"""Explain failures of training that are caused from outside: killed processes and lack of memory."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lightning.fabric.strategies.launchers.subprocess_script import _ChildProcessObserver

from gcnlabel.errors import InputError, is_out_of_memory

LOADER = re.compile(r"DataLoader worker|bus error|shared memory", re.IGNORECASE)
PEER = re.compile(r"closed by peer|connection (reset|closed|refused)|\bgloo\b|\bNCCL\b|broken pipe", re.IGNORECASE)
GONE = "another process of the training ended, most often because memory ran out"
PATIENCE = 5
"""Seconds to wait for a training to end after one of its processes has ended."""


@contextmanager
def clear_failures(folder: Path) -> Iterator[None]:
    """Turn a killed process or lack of memory into an `InputError` that says how to continue.

    Args:
        folder: Folder of the run.

    Raises:
        InputError: A process was killed or memory ran out, or a loading process raised an `InputError`.
    """
    resume = f"then continue with: gcnlabel train --resume --output {folder}"
    ended = _watched(f"see the output of the other processes, and give the job more memory; {resume}")
    try:
        yield
    except InputError as error:
        raise _out_of_worker(error) from error
    except MemoryError as error:
        raise InputError("memory ran out", fix=f"a smaller training.batch_size; {resume}") from error
    except RuntimeError as error:
        if is_out_of_memory(error):
            what, fix = f"memory ran out: {_first(error)}", f"free memory, or a machine with more; {resume}"
        elif LOADER.search(str(error)):
            what = f"a process that loads samples was killed, most often because memory ran out: {_first(error)}"
            fix = f"give the job more memory, or fewer workers: --set training.workers=N; {resume}"
        elif PEER.search(str(error)):
            what = f"{GONE}: {_first(error)}"
            fix = f"see the output of the other processes, and give the job more memory; {resume}"
        elif "state_dict" in str(error):
            what = f"a checkpoint of {folder} does not fit its config and graph: {' '.join(str(error).split())}"
            fix = "train it again with --overwrite"
        else:
            raise
        raise InputError(what, fix=fix) from error
    finally:
        ended.set()


def _watched(fix: str) -> threading.Event:
    """Report the end of a child process with a message; return an event to set when training has ended.

    If a process ends before all have connected, the others wait for it, and Lightning kills them without a message.
    """
    ended = threading.Event()

    def end(observer: _ChildProcessObserver) -> None:
        if ended.wait(PATIENCE):
            return
        for process in observer._child_processes:
            process.kill()
        print(f"error: {InputError(GONE, fix=fix)}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(2)  # the main thread may be blocked and cannot be interrupted

    _ChildProcessObserver._terminate_all = end
    return ended


def _out_of_worker(error: InputError) -> InputError:
    """Return the error of a loading process, without the traceback that PyTorch adds.

    Example:
        >>> text = "Caught InputError in DataLoader worker process 0.", "Original Traceback", "gcnlabel.errors."
        >>> print(_out_of_worker(InputError(" ".join(text) + "InputError: a.jpg cannot be read")))
        a.jpg cannot be read
    """
    text = str(error)
    if not text.startswith("Caught InputError in DataLoader worker"):
        return error
    return InputError(text.rpartition("InputError: ")[2].strip())


def _first(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]
