"""Read a column whose cells list the present tags into a matrix of tags."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from gcnlabel.annotations.advice import of_unknown_tag
from gcnlabel.annotations.cells import Cells
from gcnlabel.annotations.list_text import OPENING, list_items
from gcnlabel.annotations.spellings import canonical, canonical_keys, known_texts
from gcnlabel.annotations.value_lists import holds_values, split_label, tags_of_values
from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import Task, TaskSet

MANY_TAGS = 256
"""Number of tags of a task from which listed tags are held as a sparse matrix."""


def read_tag_lists(task: Task, cells: Cells, name: str) -> Any:
    """Return the listed tags, float32 [N, tags]; CSR with :data:`MANY_TAGS` or more tags and no missing cell.

    Raises:
        InputError: There is no such column, or a cell lists a tag that the task does not have.
    """
    places, missing = listed_places(task, cells, name)
    shape = (len(missing), len(task))
    if task.source.negatives is not None:
        return _partly_known(places, listed_places(task, cells, task.source.negatives)[0], task, cells)
    rows, columns = places.T
    if len(task) >= MANY_TAGS and not missing.any():
        return sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    target = np.zeros(shape, dtype=np.float32)
    target[rows, columns] = 1
    target[missing] = math.nan
    return target


def _partly_known(there: Any, absent: Any, task: Task, cells: Cells) -> Any:
    """Return the tags of two lists: 1 for those of the first, 0 for those of the second, NaN for the others."""
    target = np.full((len(cells.frame), len(task)), math.nan, dtype=np.float32)
    target[tuple(there.T)] = 1
    both = absent[target[tuple(absent.T)] == 1]
    if len(both):
        row, tag = (int(i) for i in both[0])
        what = f"tag {task.labels[tag]!r} is listed as present and as absent (column {task.source.column!r})"
        raise cells.error(row, str(task.source.negatives), what, expected="each tag in one of the two lists")
    target[tuple(absent.T)] = 0
    return target


def listed_places(task: Task, cells: Cells, name: str) -> tuple[Any, Any]:
    """Return row and label index of every listed tag, int64 [K, 2], and which cells are missing, bool [N]."""
    meaning = known_texts(task.labels, task.source.codes)
    listed, where = _listed(task, cells, name), f"{cells.where}, column {name!r}"
    are_values = cells.value_lists.get(name)
    if holds_values(listed, meaning, where) if are_values is None else are_values:
        listed = tags_of_values(listed, meaning, where)
    other = canonical_keys(meaning)
    places, missing = [], []
    for row, tags in enumerate(listed):
        missing.append(tags is None)
        for tag in tags or ():
            place = meaning.get(tag)
            place = other.get(canonical(tag)) if place is None else place
            if place is None:
                raise _unknown_tag(task, cells, name, row, tag)
            places.append(row * len(task) + place)
    distinct = np.unique(np.array(places, dtype=np.int64))
    return np.stack(np.divmod(distinct, len(task)), axis=1), np.array(missing, dtype=bool)


def list_columns(tasks: TaskSet) -> list[str]:
    """Return the columns of lists whose form must be decided from the whole file: tasks of one or two labels."""
    lists = [t for t in tasks if t.binary and t.source.column is not None and len(t) <= 2]
    found = [t.source for t in lists if not {"0", "1"}.isdisjoint(map(canonical, (*t.labels, *t.source.codes)))]
    return [str(name) for source in found for name in (source.column, source.negatives) if name is not None]


def value_lists(tasks: TaskSet, cells: Cells) -> dict[str, bool]:
    """Return, for each of :func:`list_columns`, whether its lists hold one value per label instead of labels.

    Raises:
        InputError: Both readings are possible.
    """
    found = {}
    for task in tasks:
        for name in list_columns(TaskSet([task])):
            meaning = known_texts(task.labels, task.source.codes)
            where = f"{cells.where}, column {name!r}"
            found[name] = holds_values(_listed(task, cells, name), meaning, where)
    return found


def _listed(task: Task, cells: Cells, name: str) -> list[list[str] | None]:
    """Return the items of each cell, None where it is missing."""
    if isinstance(cells.column(name).dtype, pl.List | pl.Array):
        return list(_listed_of_frame(cells.column(name)))
    known = known_texts(task.labels, task.source.codes)
    empty = "[]" if task.source.empty is None else task.source.empty
    text = cells.text(name, task.source.missing, blank=empty == "", numbers=False)
    separator = " " if task.source.separator is None else task.source.separator
    _refuse_split_labels(text, known, separator, empty, cells, name)
    return [None if cell is None else _items(cell, known, separator, empty) for cell in text.to_list()]


def _refuse_split_labels(
    text: pl.Series, known: Collection[str], separator: str, empty: str, cells: Cells, name: str
) -> None:
    labels = [label for label in known if separator in label]
    for row, cell in enumerate(text.to_list() if labels else ()):
        label = None if cell is None or cell == empty else split_label(cell, labels, separator)
        if label is not None:
            raise cells.error(
                row,
                name,
                f"{label!r} contains {separator!r}, the separator of the tags of a cell",
                expected="another separator (separator: of the task)",
                fix="if the cells have none, write each as a quoted list: " + json.dumps([label, "..."]),
            )


def _items(cell: str, known: Collection[str], separator: str, empty: str) -> list[str]:
    """Return the tags listed in a cell, in brackets or separated by ``separator``."""
    if cell == empty:
        return []
    items = list_items(cell) if cell[:1] in OPENING and cell not in known else None
    return [item for item in map(str.strip, cell.split(separator) if items is None else items) if item]


def _listed_of_frame(column: pl.Series) -> Iterable[list[str] | None]:
    for listed in column.to_list():
        yield None if listed is None else ["null" if item is None else str(item).strip() for item in listed]


def _unknown_tag(task: Task, cells: Cells, name: str, row: int, tag: str) -> InputError:
    known = [*task.labels, *task.source.codes]
    separator = " " if task.source.separator is None else task.source.separator
    cell = cells.column(name)[row]
    alone = isinstance(cell, str) and cell.strip() == tag
    fix = of_unknown_tag(tag, task.labels, task.source.codes, separator, alone=alone)
    what = f"unknown tag {tag!r} of task {task.name!r}"
    return cells.error(row, name, what, expected=shorten(known, 20), fix=fix)
