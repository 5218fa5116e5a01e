"""Read annotations from COCO files and VOC folders given on the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gcnlabel.annotations import Annotations
    from gcnlabel.tasks import TaskSet


def has_tag_list(options: Mapping[str, Any]) -> bool:
    """Return whether a COCO file or a VOC folder is among the annotations.

    Raises:
        InputError: ``--difficult`` was given without a VOC folder.
    """
    from gcnlabel.annotations import is_tag_list
    from gcnlabel.cli.idle_options import refuse_idle

    found = any(map(is_tag_list, options["annotations"]))
    if not found:
        refuse_idle(["difficult"], "without a VOC folder")
    return found


def tag_list_annotations(tasks: TaskSet | None, options: Mapping[str, Any]) -> Annotations:
    """Return the annotations of a COCO file or a VOC folder; without tasks, all labels form one multi-label task."""
    from gcnlabel.annotations import read_tag_list
    from gcnlabel.annotations.counted_rows import used_rows
    from gcnlabel.cli.idle_options import OF_TABLES, is_given, refuse_idle
    from gcnlabel.errors import InputError, note

    refuse_idle(OF_TABLES, "for a COCO file or a VOC folder")
    if len(options["annotations"]) > 1:
        raise InputError("several --annotations with a COCO file or a VOC folder", expected="only that one")
    path = options["annotations"][0]
    split = options["split"] if is_given("split") or os.path.isdir(path) else None
    annotations = read_tag_list(path, tasks, split=split, difficult=options["difficult"])
    note(used_rows(annotations).line())
    return annotations
