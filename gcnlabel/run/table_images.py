"""Images that a table names, of which some may be missing or damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gcnlabel.annotations import Annotations
from gcnlabel.annotations.counted_rows import left_out, used_rows
from gcnlabel.annotations.found_images import OTHER_CASE, find_images
from gcnlabel.annotations.row_report import ALLOWED, MISSING, UNREADABLE, RowReport
from gcnlabel.annotations.usable_rows import UsableRows
from gcnlabel.config.sources import Table
from gcnlabel.data.images import ImageFiles, inside
from gcnlabel.data.readable import load_readable, without
from gcnlabel.errors import InputError


def load_table_images(data: Table, annotations: Annotations) -> tuple[Annotations, Any, RowReport]:
    """Return the rows whose image can be read, the images, and which rows were left out.

    Args:
        data: Where the images are, and how many may be missing or unreadable.
        annotations: All rows of the table; their ids are the images' paths.

    Raises:
        InputError: There are no ids or no such folder, a path leads out of it, or more images than allowed are missing
            or cannot be read.
    """
    if annotations.ids is None:
        raise InputError("data.images needs data.id_column", expected="the column that names each row's image")
    root, allowed = Path(data.images or ""), ALLOWED if data.allow_missing is None else data.allow_missing
    if not root.is_dir():
        raise InputError(f"folder of images not found: {root}")
    for name in annotations.ids.tolist():
        inside(root, name)
    found = find_images(root, annotations.ids)
    split = np.full(len(annotations), "all") if annotations.split is None else annotations.split
    rows = UsableRows(split, annotations.ids, complete_only=False)
    rows.leave_out(MISSING, ~found.present)
    rows.note(OTHER_CASE, found.other_case)
    there = annotations.select(rows.kept)
    (used_rows(there) + rows.report).check(allowed, root=root)
    files = ImageFiles(root, found.files[rows.kept].tolist(), size=data.size, channels=data.channels)
    images, damaged = load_readable(files)
    readable = there.select(np.flatnonzero(without(damaged, len(there))))
    report = rows.report + left_out(there, UNREADABLE, damaged)
    (used_rows(readable) + report).check(allowed, root=root)
    return readable, images, report
