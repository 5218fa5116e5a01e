"""Parse the values of ``--statistic`` and ``--p``."""

from __future__ import annotations

from gcnlabel.errors import InputError
from gcnlabel.graph.measuring import pair_of
from gcnlabel.tasks.number_text import number_of


def statistics_of(given: tuple[str, ...]) -> dict[tuple[str, str], str] | str | None:
    """Return the value of ``--statistic``: a statistic per pair of tasks, one for all, or None.

    Raises:
        InputError: The values are not one NAME or several TASK:TASK=NAME.
    """
    if len(given) == 1 and "=" not in given[0]:
        return given[0]
    if any("=" not in text for text in given):
        raise InputError(
            f"--statistic {' '.join(given)}", expected="one NAME for all pairs, or TASK:TASK=NAME for each"
        )
    return {pair_of(text.partition("=")[0]): text.partition("=")[2] for text in given} or None


def weights_of(given: tuple[str, ...]) -> float | dict[str, float] | None:
    """Return the value of ``--p``: a weight per task, one for all, or None.

    Raises:
        InputError: The values are not one number or several TASK=NUMBER.
    """
    try:
        if len(given) == 1 and "=" not in given[0]:
            return number_of(given[0])
        return {task: number_of(p) for task, p in (text.rsplit("=", 1) for text in given)} or None
    except ValueError:
        raise InputError(f"--p {' '.join(given)}", expected="one number for all, or TASK=NUMBER for each") from None
