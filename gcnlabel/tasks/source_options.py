"""Check a task's column options: refuse options without effect and unknown labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks.tag_words import tag_value

if TYPE_CHECKING:
    from gcnlabel.tasks.task import Task

INSTEAD: Mapping[tuple[str, str], str] = {
    ("dimensional", "column"): "name the column of each dimension: columns: {DIM: COLUMN}",
    ("multilabel", "empty"): "where an empty cell means that the tag is absent: codes: {'': 0}",
    ("multilabel", "separator"): "where one column holds a list of tags, name it: column",
    ("multilabel", "columns"): "leave out column, or columns",
    ("multilabel", "negatives"): "name the column that lists the tags that are there: column",
    ("categorical", "column"): "leave out column, or columns",
}
"""(Task type, option without effect) -> what to do instead."""


def check_source(task: Task) -> None:
    """Check the options of a task's source.

    Raises:
        InputError: An option has no effect on the task, a label is unknown, or a code's meaning is neither 0 nor 1.
    """
    allowed = task.source_options()
    for option in task.source.given():
        if option not in allowed:
            form = "one column each" if task.has_column_each() else "one column"
            raise InputError(
                f"task {task.name!r}: {option!r} has no effect on a {task.type} task whose labels are in {form}",
                expected=shorten(allowed),
                fix=INSTEAD.get((task.type, option), "leave it out"),
            )
    _check_names(task, "columns", list(task.source.columns))
    _check_names(task, "signed", task.source.signed)
    if not task.has_column_each():
        _refuse_absent_codes(task, lists="empty" in allowed)
        _check_names(task, "codes", list(task.source.codes.values()))
        return
    for code, meaning in task.source.codes.items():
        if tag_value(meaning) not in (0, 1):
            what = f"task {task.name!r}: codes: {code!r} means {meaning!r}"
            raise InputError(what, expected="1 (label present) or 0 (absent)")


def _refuse_absent_codes(task: Task, *, lists: bool) -> None:
    """Refuse a code that means "absent" where cells list the present labels."""
    for code, meaning in task.source.codes.items():
        if lists and meaning not in task.labels and tag_value(meaning) == 0:
            raise InputError(
                f"task {task.name!r}: codes: {code!r} means absent, in a column that lists the present labels",
                expected="codes of labels",
                fix=f"a cell without any label: empty: {json.dumps(code)} of the task",
            )


def _check_names(task: Task, option: str, names: Sequence[str]) -> None:
    unknown = sorted(set(names) - set(task.labels))
    if unknown:
        raise InputError(
            f"{option} of task {task.name!r} name unknown labels: {shorten(unknown)}",
            expected=shorten(task.labels),
            fix=closest(unknown[0], task.labels),
        )
