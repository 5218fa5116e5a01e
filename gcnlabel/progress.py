"""Progress bars."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


PATIENCE = 2.0
"""Seconds before a bar is shown."""
Item = TypeVar("Item")
Report = Callable[[int, int], None]
"""Callback with the number of finished items and of all items."""
_SHOWN: ContextVar[Progress | None] = ContextVar("shown", default=None)
_REPORT: ContextVar[Report | None] = ContextVar("report", default=None)


@contextmanager
def without_notes() -> Iterator[None]:
    """Suppress notes, but not warnings, within the block."""
    logger = logging.getLogger("gcnlabel")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def counted(items: Iterable[Item], total: int, progress: Report | None) -> Iterator[Item]:
    """Yield items and report how many are finished.

    Example:
        >>> [*counted("ab", 2, lambda done, total: print(done, "of", total))]
        1 of 2
        2 of 2
        ['a', 'b']
    """
    for done, item in enumerate(items, 1):
        yield item
        if progress is not None:
            progress(done, total)


def reported(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield items and update the open :func:`reported_bar`, if any.

    Args:
        items: The items.
        total: Number of items.
    """
    return counted(items, total, _REPORT.get())


@contextmanager
def reported_bar(what: str, *, show: bool = True) -> Iterator[None]:
    """Show a bar as :func:`progress_bar`, which loops inside the block update through :func:`reported`.

    It is removed from the terminal at the end, and not written to files.

    Args:
        what: Short description of the work.
        show: Whether to show it.
    """
    with progress_bar(what, show=show, kept=False) as report:
        token = _REPORT.set(report if show else None)
        try:
            yield
        finally:
            _REPORT.reset(token)


@contextmanager
def progress_bar(what: str, *, show: bool = True, kept: bool = True) -> Iterator[Report]:
    """Show a bar with the remaining time, after two seconds; yields the callback that updates it.

    Inside another bar it is a second line.

    Args:
        what: Short description of the work.
        show: Whether to show it.
        kept: Whether it remains on the terminal at the end.
    """
    outer = _SHOWN.get()
    if outer is not None:
        bar = outer.add_task(what, total=None, visible=show)
        try:
            yield lambda done, total: outer.update(bar, completed=done, total=total)
        finally:
            outer.remove_task(bar)
        return
    with _new_bars(what, show=show, kept=kept) as report:
        yield report


@contextmanager
def _new_bars(what: str, *, show: bool, kept: bool) -> Iterator[Report]:
    shown = bars()
    shown.live.transient = not kept
    bar = shown.add_task(what, total=None)
    timer = threading.Timer(PATIENCE, shown.start)
    timer.daemon = True
    if show and (kept or shown.console.is_terminal):
        timer.start()
    token = _SHOWN.set(shown if show else None)
    try:
        yield lambda done, total: shown.update(bar, completed=done, total=total)
    finally:
        _SHOWN.reset(token)
        timer.cancel()
        if timer.is_alive():
            timer.join()  # the bar is being started
        if shown.live.is_started:
            shown.stop()


def bars(console: Console | None = None) -> Progress:
    """Return a display of bars: description, progress, elapsed and remaining time.

    Args:
        console: The console; None for stderr.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        "left:",
        TimeRemainingColumn(),
        console=Console(stderr=True) if console is None else console,
    )
