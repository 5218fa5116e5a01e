"""Handle signals that end a command: raise an exception, so that work is cleaned up, within a limited time."""

from __future__ import annotations

import os
import signal
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1")
GRACE = 20
"""Seconds from a signal until the process is ended."""


class Stopped(KeyboardInterrupt):
    """A signal ended the work.

    Attributes:
        signum: The signal.

    Args:
        signum: The signal.
        hint: How to continue.
    """

    def __init__(self, signum: int = signal.SIGINT, hint: str = "") -> None:
        super().__init__(hint)
        self.signum = signal.Signals(signum)


def _nothing() -> None:
    return None


_raised: Callable[[], Stopped | None] = _nothing


def handle(signum: int, frame: FrameType | None = None) -> None:
    """Raise :class:`Stopped`; while one is being handled, end the process at once.

    Raises:
        Stopped: No other one is being handled.
    """
    global _raised
    if _raised() is not None:
        os._exit(128 + signum)
    stop = Stopped(signum)
    _raised = weakref.ref(stop)
    try:
        raise stop
    finally:
        del stop  # its traceback refers to this frame, which would keep it alive


@contextmanager
def stopping(hint: str) -> Iterator[None]:
    """Turn the signals that end a process into exceptions within the block.

    Work that does not return to Python cannot be interrupted; the process is ended :data:`GRACE` seconds after the
    signal.

    Args:
        hint: Text of the message after "stopped".
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    global _raised
    _raised = _nothing
    before = {signum: signal.getsignal(signum) for signum in _signals()}
    watch = _Watch(hint)
    try:
        for signum, of_before in before.items():
            if of_before != signal.SIG_IGN:  # nohup, and jobs in the background
                signal.signal(signum, handle)
        yield
    finally:
        watch.end()
        for signum, of_before in before.items():
            signal.signal(signum, of_before)


class _Watch:
    """Receives signals while the main thread is blocked, through a pipe to which the system writes their numbers."""

    def __init__(self, hint: str) -> None:
        self.hint = hint
        self.read, self.write = os.pipe()
        os.set_blocking(self.write, False)
        self.before = signal.set_wakeup_fd(self.write, warn_on_full_buffer=False)
        self.done = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def end(self) -> None:
        signal.set_wakeup_fd(self.before)
        self.done.set()
        os.close(self.write)  # ends the reading thread

    def _wait(self) -> None:
        numbers = {int(signum) for signum in _signals() if signal.getsignal(signum) is not signal.SIG_IGN}
        while signum := int.from_bytes(os.read(self.read, 1), "big"):
            if signum in numbers:
                self._see_to_the_end(signum)
        os.close(self.read)

    def _see_to_the_end(self, signum: int) -> None:
        for _ in range(GRACE):
            if self.done.wait(1):
                return
            if _raised() is None:  # a library has caught the exception, e.g. during an import
                signal.pthread_kill(threading.main_thread().ident or 0, signum)
        with suppress(OSError, ValueError):
            sys.stderr.write(f"stopped by {signal.Signals(signum).name}; {self.hint}\n")
            sys.stderr.flush()
        os._exit(128 + signum)


def _signals() -> list[signal.Signals]:
    return [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
