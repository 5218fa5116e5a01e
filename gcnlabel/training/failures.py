"""What ends a training from outside, in words that help."""

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
GONE = "another process of the training is gone, most often because memory ran out"
PATIENCE = 5
"""Seconds that a training has to end by itself when a process of it is gone."""


@contextmanager
def clear_failures(folder: Path) -> Iterator[None]:
    """Say what happened when a process that loads or trains was killed, or memory ran out, and how to go on.

    Args:
        folder: Folder of the run.

    Raises:
        InputError: Either happened, or a loading process raised one.
    """
    go_on = f"then go on with: gcnlabel train --resume --output {folder}"
    ended = _others_minded(f"see what the others say, and give the job more memory; {go_on}")
    try:
        yield
    except InputError as error:
        raise _out_of_worker(error) from error
    except MemoryError as error:
        raise InputError("memory ran out", fix=f"a smaller training.batch_size; {go_on}") from error
    except RuntimeError as error:
        if is_out_of_memory(error):
            what, fix = f"memory ran out: {_first(error)}", f"free memory, or a machine with more; {go_on}"
        elif LOADER.search(str(error)):
            what = f"a process that loads samples was killed, most often because memory ran out: {_first(error)}"
            fix = f"give the job more memory, or fewer --set training.workers=N; {go_on}"
        elif PEER.search(str(error)):
            what = f"{GONE}: {_first(error)}"
            fix = f"see what the others say, and give the job more memory; {go_on}"
        elif "state_dict" in str(error):
            what = f"a checkpoint of {folder} does not fit its config and graph: {' '.join(str(error).split())}"
            fix = "train it anew with --overwrite"
        else:
            raise
        raise InputError(what, fix=fix) from error
    finally:
        ended.set()


def _others_minded(fix: str) -> threading.Event:
    """Let the loss of a process that was started here be said, and return what is to be set when training has ended.

    Where a process is lost before all have met, the others wait for it. Lightning then kills them without a word.
    """
    ended = threading.Event()

    def end(observer: _ChildProcessObserver) -> None:
        if ended.wait(PATIENCE):
            return
        for process in observer._child_processes:
            process.kill()
        print(f"error: {InputError(GONE, fix=fix)}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(2)  # what waits in another thread cannot be interrupted

    _ChildProcessObserver._terminate_all = end
    return ended


def _out_of_worker(error: InputError) -> InputError:
    """Return the error that a loading process raised, without the traceback that PyTorch puts around it.

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
