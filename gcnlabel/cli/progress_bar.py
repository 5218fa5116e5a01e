"""A progress bar for work that tells how much of it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar with the time left; yields what is called with the number done and of all.

    Args:
        what: What is done, in a word.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        "left:",
    )
    with Progress(*columns, TimeRemainingColumn()) as shown:
        bar = shown.add_task(what, total=None)

        def progress(done: int, total: int) -> None:
            shown.update(bar, completed=done, total=total)

        yield progress
