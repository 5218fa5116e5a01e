"""Values of options that speak of pairs of tasks."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.graph.measuring import pair_of
from gcnlabel.tasks.number_text import number_of


def statistics_of(given: tuple[str, ...]) -> dict[tuple[str, str], str] | str | None:
    """Return what ``--statistic`` gives: a statistic for each pair of tasks, one for all, or None."""
    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    if any("=" not in text for text in given):
        raise InputError(
            f"--statistic {' '.join(given)}", expected="one NAME for all pairs, or TASK:TASK=NAME for each"
        )
    return {pair_of(text.partition("=")[0]): text.partition("=")[2] for text in given} or None


def weights_of(given: tuple[str, ...]) -> float | dict[str, float] | None:
    """Return what ``--p`` gives: a weight of each task, one for all, or None."""
    try:
        if len(given) == 1 and "=" not in given[0]:
            return number_of(given[0])
        return {task: number_of(p) for task, p in (text.rsplit("=", 1) for text in given)} or None
    except ValueError:
        raise InputError(f"--p {' '.join(given)}", expected="one number for all, or TASK=NUMBER for each") from None
