"""Progress bars for work that tells how much of it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


PATIENCE = 2.0
"""Seconds after which a bar is shown."""
Item = TypeVar("Item")
Report = Callable[[int, int], None]
"""Called with the number done and of all."""


def counted(items: Iterable[Item], total: int, progress: Report | None) -> Iterator[Item]:
    """Yield items and report how many are done.

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


@contextmanager
def progress_bar(what: str, *, show: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with the time left after two seconds; yields what is called with the number done and of all.

    Args:
        what: What is done, in a word.
        show: Whether to show it.
    """
    shown = bars()
    bar = shown.add_task(what, total=None)
    timer = threading.Timer(PATIENCE, shown.start)
    timer.daemon = True
    if show:
        timer.start()
    try:
        yield lambda done, total: shown.update(bar, completed=done, total=total)
    finally:
        timer.cancel()
        if timer.is_alive():
            timer.join()  # it starts the bar just now
        if shown.live.is_started:
            shown.stop()


def bars(console: Console | None = None) -> Progress:
    """Return a display of bars: what is done, how much of it, the time that it took and that is left; on stderr.

    Args:
        console: Where else to show it.
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
