"""Save and read a random split."""

from __future__ import annotations

import csv
import warnings
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from gcnlabel.annotations import Annotations
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.files import atomic_write, existing_file
from gcnlabel.sources.splits import PARTS, Rows


def write_split(path: Path, annotations: Annotations, rows: Mapping[str, Rows]) -> None:
    """Write the split of each row: row number (from 0), split, and id; without ids, a checksum of its targets."""
    part_of = {int(row): part for part in PARTS for row in rows[part]}
    key, values = _keys(annotations)
    with atomic_write(path, overwrite=True) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "split", key])
        writer.writerows([row, part_of[row], value] for row, value in enumerate(values))


def read_split(path: Path, annotations: Annotations) -> dict[str, Rows]:
    """Return the rows of the splits that :func:`write_split` saved, matched by ids if samples have them.

    Raises:
        InputError: The file is damaged, or its samples are missing in the annotations or have changed.

    Warns:
        GcnlabelWarning: New samples are not in the saved split; they are left out.
    """
    key, values = _keys(annotations)
    kept = list(_kept(existing_file(path, "split of the run"), key))
    if key == "targets":
        for row, (_, value) in enumerate(kept[: len(values)]):
            if value != values[row]:
                raise InputError(f"row {row} of the data has changed since the split: its targets differ", where=path)
        if len(kept) != len(values):
            raise InputError(f"the data has {len(values)} rows", where=path, expected=f"{len(kept)}, as in the split")
    place = {value: row for row, value in enumerate(values)} if key == "id" else {}
    rows: dict[str, list[int]] = {part: [] for part in PARTS}
    for row, (part, value) in enumerate(kept):
        if key == "id" and value not in place:
            raise InputError(f"sample {value!r} of the split is no longer in the data", where=path)
        rows[part].append(place[value] if key == "id" else row)
    if len(values) > len(kept):
        new = f"{len(values) - len(kept)} sample(s) of the data are not in the split of the run and are left out"
        warnings.warn(f"{new} ({path})", GcnlabelWarning, stacklevel=2)
    return {part: np.array(sorted(of_part), dtype=np.int64) for part, of_part in rows.items()}


def _kept(path: Path, key: str) -> Iterator[tuple[str, str]]:
    """Yield split and id, or checksum, of each row of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.reader(file)):
            if number == 0 and cells != ["row", "split", key]:
                raise InputError(f"{path} has the header {','.join(cells)}", expected=f"row,split,{key}")
            if number and (len(cells) != 3 or cells[0] != str(number - 1) or cells[1] not in PARTS):
                raise InputError(f"{path} is damaged in line {number + 1}", expected="<row>,train|val|test,...")
            if number:
                yield cells[1], cells[2]


def _keys(annotations: Annotations) -> tuple[str, list[str]]:
    """Return keys that identify the rows: their ids if these are unique, else checksums of their targets."""
    ids = annotations.ids
    if ids is not None and len(np.unique(ids)) == len(ids):
        return "id", ids.tolist()
    checksums = [0] * len(annotations)
    for task in annotations.tasks:
        target: Any = annotations.targets[task.name]
        for row, before in enumerate(checksums):
            of_row = (
                target.indices[target.indptr[row] : target.indptr[row + 1]] if sparse.issparse(target) else target[row]
            )
            checksums[row] = zlib.crc32(np.asarray(of_row).tobytes(), before)
    return "targets", [f"{checksum:08x}" for checksum in checksums]
