"""Tags of which each cell lists those that are there -> a matrix of tags."""

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
from gcnlabel.annotations.value_lists import holds_values, tags_of_values, torn_label
from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import MultiLabel, Task, TaskSet

MANY_TAGS = 256
"""Tags of one task from which a sparse matrix holds them, where each cell lists those that are there."""


def read_tag_lists(task: Task, cells: Cells, name: str) -> Any:
    """Return the tags of cells that list them, [N, tags]: sparse where tags are many and every cell is annotated.

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
        what = f"tag {task.labels[tag]!r} is listed as there and as absent (column {task.source.column!r})"
        raise cells.error(row, str(task.source.negatives), what, expected="each tag in one of the two lists")
    target[tuple(absent.T)] = 0
    return target


def listed_places(task: Task, cells: Cells, name: str) -> tuple[Any, Any]:
    """Return row and label of every tag that a column lists, int64 [K, 2], and which cells are missing, bool [N]."""
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
    """Return the columns whose lists have to be seen together: of two labels, single rows do not say what they hold."""
    lists = [t for t in tasks if isinstance(t, MultiLabel) and t.source.column is not None and len(t) <= 2]
    found = [t.source for t in lists if not {"0", "1"}.isdisjoint(map(canonical, (*t.labels, *t.source.codes)))]
    return [str(name) for source in found for name in (source.column, source.negatives) if name is not None]


def value_lists(tasks: TaskSet, cells: Cells) -> dict[str, bool]:
    """Return which of :func:`list_columns`, read as a whole, hold a value for each label.

    Raises:
        InputError: That cannot be told.
    """
    found = {}
    for task in tasks:
        for name in list_columns(TaskSet([task])):
            meaning = known_texts(task.labels, task.source.codes)
            where = f"{cells.where}, column {name!r}"
            found[name] = holds_values(_listed(task, cells, name), meaning, where)
    return found


def _listed(task: Task, cells: Cells, name: str) -> list[list[str] | None]:
    """Return what each cell lists, None where it is missing."""
    if isinstance(cells.column(name).dtype, pl.List | pl.Array):
        return list(_listed_of_frame(cells.column(name)))
    known = known_texts(task.labels, task.source.codes)
    empty = "[]" if task.source.empty is None else task.source.empty
    text = cells.text(name, task.source.missing, blank=empty == "", numbers=False)
    separator = " " if task.source.separator is None else task.source.separator
    _refuse_torn_labels(text, known, separator, empty, cells, name)
    return [None if cell is None else _items(cell, known, separator, empty) for cell in text.to_list()]


def _refuse_torn_labels(
    text: pl.Series, known: Collection[str], separator: str, empty: str, cells: Cells, name: str
) -> None:
    labels = [label for label in known if separator in label]
    for row, cell in enumerate(text.to_list() if labels else ()):
        label = None if cell is None or cell == empty else torn_label(cell, labels, separator)
        if label is not None:
            raise cells.error(
                row,
                name,
                f"{label!r} holds {separator!r}, which stands between the tags of a cell",
                expected="another separator: of the task, where cells have one",
                fix="where cells have none, write each as a list with quotes: " + json.dumps([label, "..."]),
            )


def _items(cell: str, known: Collection[str], separator: str, empty: str) -> list[str]:
    """Return the tags that a cell lists, in brackets or with a separator between them."""
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
