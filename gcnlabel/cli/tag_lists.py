"""COCO files and folders of VOC on the command line -> annotations."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gcnlabel.annotations import Annotations
    from gcnlabel.tasks import TaskSet


def has_tag_list(options: Mapping[str, Any]) -> bool:
    """Return whether a COCO file or a folder of VOC is among the annotations.

    Raises:
        InputError: None is, and an option says how VOC's is read.
    """
    from gcnlabel.annotations import is_tag_list
    from gcnlabel.cli.idle_options import refuse_idle

    found = any(map(is_tag_list, options["annotations"]))
    if not found:
        refuse_idle(["difficult"], "without a folder of VOC")
    return found


def tag_list_annotations(tasks: TaskSet | None, options: Mapping[str, Any]) -> Annotations:
    """Return the annotations of a COCO file or a folder of VOC; without tasks, all labels are one multi-label task."""
    from gcnlabel.annotations import read_tag_list
    from gcnlabel.annotations.counted_rows import used_rows
    from gcnlabel.cli.idle_options import OF_TABLES, is_given, refuse_idle
    from gcnlabel.errors import InputError, note

    refuse_idle(OF_TABLES, "on a COCO file or a folder of VOC")
    if len(options["annotations"]) > 1:
        raise InputError("another --annotations beside a COCO file or a folder of VOC", expected="it alone")
    path = options["annotations"][0]
    split = options["split"] if is_given("split") or os.path.isdir(path) else None
    annotations = read_tag_list(path, tasks, split=split, difficult=options["difficult"])
    note(used_rows(annotations).line())
    return annotations
