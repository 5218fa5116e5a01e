"""Prepare a zero-shot evaluation: the config of the models, and each left-out label."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from gcnlabel.config import Config
from gcnlabel.errors import DisagreeingEdgesWarning, GcnlabelWarning, InputError, shorten
from gcnlabel.run.data import RunData, load_data
from gcnlabel.run.default_head import check_alone
from gcnlabel.run.loaders import check_selection
from gcnlabel.run.side_by_side import check_side_by_side
from gcnlabel.studies.zero_shot.edges import other_statistics
from gcnlabel.studies.zero_shot.extendable import REPLACED, check_head, check_task, default_note, with_generator
from gcnlabel.studies.zero_shot.left import Left
from gcnlabel.studies.zero_shot.left_out import check_label
from gcnlabel.studies.zero_shot.training import check_trainable


def set_up(
    config: Config, label: str | Sequence[str], edges_from: str, data: RunData | None
) -> tuple[Config, list[Left], dict[str, list[str]]]:
    """Check config, data and labels; return the config of the models, the left-out labels, and notes and warnings."""
    check_side_by_side(config)
    check_alone(config)
    data = load_data(config) if data is None else data
    notes: dict[str, list[str]] = {"notes": [], "warnings": []}
    if (given := config.model.head.name) in REPLACED:
        config = with_generator(config)
        notes["notes"].append(default_note(config, given))
    check_head(config)
    check_trainable(data)
    check_selection(config, data)
    labels = labels_of(data, label)
    for name in labels:
        check_task(config, data.tasks.task_of(name).name)
    lefts, doubts = _left_out(labels, config, data, edges_from)
    if doubts:
        what = f"edges of {len(doubts)} of {len(lefts)} labels, {shorten(doubts)}"
        notes["warnings"].append(f"{what}: {next(iter(doubts.values()))}")
    return config, lefts, notes


def _left_out(
    labels: Sequence[str], config: Config, data: RunData, edges_from: str
) -> tuple[list[Left], dict[str, str]]:
    """Return the left-out labels, and label -> warning for those whose edges disagree."""
    doubts = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        other = other_statistics(edges_from, config, data)
    lefts = []
    for label in labels:
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            lefts.append(Left.out(label, config, data, other))
        texts = [str(warning.message) for warning in given if issubclass(warning.category, DisagreeingEdgesWarning)]
        if texts:
            doubts[label] = texts[0]
    return lefts, doubts


def labels_of(data: RunData, label: str | Sequence[str]) -> list[str]:
    """Return the labels to leave out in turn.

    Raises:
        InputError: The label is not a tag, or there are no tags.
    """
    named = [label] if isinstance(label, str) else list(dict.fromkeys(label))
    if named != ["all"]:
        for name in named:
            check_label(data.tasks, name)
        return named
    labels = [name for task in data.tasks if task.binary and len(task) > 1 for name in task.labels]
    if not labels:
        raise InputError("no multilabel task with two labels or more", expected="tags to leave out")
    return labels
