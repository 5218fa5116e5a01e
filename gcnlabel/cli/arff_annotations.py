"""Read annotations from ARFF files given on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gcnlabel.annotations import Annotations
    from gcnlabel.tasks import TaskSet

OF_ARFF = ("xml", "present")
"""Options for reading ARFF files."""


def is_arff(options: Mapping[str, Any]) -> bool:
    """Return whether the annotations are ARFF files.

    Raises:
        InputError: Only some of them are, or an option does not apply to the kind of annotations.
    """
    from gcnlabel.cli.idle_options import OF_TABLES, refuse_idle
    from gcnlabel.errors import InputError

    arff = [path for path in options["annotations"] if str(path).lower().endswith(".arff")]
    if arff and len(arff) < len(options["annotations"]):
        raise InputError("--annotations with both ARFF files and tables", expected="files of one kind")
    if arff:
        all_rows = options["split"] == "all"
        refuse_idle(OF_TABLES if all_rows else ("split", *OF_TABLES), "for ARFF files, of which all rows are used")
    else:
        refuse_idle(OF_ARFF, "without ARFF files")
    return bool(arff)


def arff_annotations(tasks: TaskSet | None, options: Mapping[str, Any]) -> Annotations:
    """Return the annotations of ARFF files; without tasks, all labels are one multi-label task."""
    from gcnlabel.annotations import read_arff_splits
    from gcnlabel.annotations.counted_rows import used_rows
    from gcnlabel.errors import InputError, note

    pairs = [text.rpartition("=") for text in options["present"]]
    if not all(tag for tag, _, _ in pairs):
        raise InputError(f"--present {' --present '.join(options['present'])}", expected="TAG=VALUE")
    present = {tag: value for tag, _, value in pairs}
    files = {str(i): path for i, path in enumerate(options["annotations"])}
    annotations = read_arff_splits(files, options["xml"], tasks=tasks, present=present)
    annotations.split = None  # the files are one set
    note(used_rows(annotations).line())
    return annotations
