"""ARFF files on the command line -> annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from gcnlabel.annotations import Annotations
    from gcnlabel.tasks import TaskSet

OF_TABLES = ("split", "split_column", "missing", "workers", "scheduler")
"""Options that say how tables are read."""
OF_ARFF = ("xml", "present")
"""Options that say how ARFF files are read."""


def is_arff(options: Mapping[str, Any]) -> bool:
    """Return whether the annotations are ARFF files.

    Raises:
        InputError: Some are, or an option that says how others are read has no effect.
    """
    from gcnlabel.errors import InputError

    arff = [path for path in options["annotations"] if str(path).lower().endswith(".arff")]
    if arff and len(arff) < len(options["annotations"]):
        raise InputError("ARFF files and tables as one", expected="--annotations of one kind")
    useless = () if options["annotations"] and not arff else OF_TABLES
    useless = (*useless, "delimiter", "names", "decimal", "long") if arff else useless
    given = _given([*useless, *(() if arff else OF_ARFF)])
    if arff and options["split"] == "all":
        given = [flag for flag in given if flag != "--split"]
    if given:
        what = "ARFF files, of which all rows count" if arff else "such a source"
        raise InputError(f"{given[0]} has no effect on {what}", fix="leave it out")
    return bool(arff)


def arff_annotations(tasks: TaskSet | None, options: Mapping[str, Any]) -> Annotations:
    """Return the annotations of ARFF files; without tasks, all labels are one multi-label task."""
    from gcnlabel.annotations import read_arff_splits
    from gcnlabel.errors import InputError

    pairs = [text.rpartition("=") for text in options["present"]]
    if not all(tag for tag, _, _ in pairs):
        raise InputError(f"--present {' --present '.join(options['present'])}", expected="TAG=VALUE")
    present = {tag: value for tag, _, value in pairs}
    files = {str(i): path for i, path in enumerate(options["annotations"])}
    return read_arff_splits(files, options["xml"], tasks=tasks, present=present)


def _given(names: list[str]) -> list[str]:
    """Return those of the options that the command line gives."""
    context, defaults = click.get_current_context(), (None, ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
    given = [name for name in names if context.get_parameter_source(name) not in defaults]
    return [f"--{name.replace('_', '-')}" for name in given]
