"""Tasks that are inferred from the columns of a frame."""

from __future__ import annotations

import numbers
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from gcnlabel.errors import InputError, shorten
from gcnlabel.estimators.labels import COLLECTIONS, is_missing
from gcnlabel.estimators.texts import column_names, refuse_identifiers, tags_hint
from gcnlabel.tasks import Categorical, Columns, Dimensional, MultiLabel, Task, TaskSet
from gcnlabel.tasks.tag_words import tag_value


@dataclass(frozen=True)
class Inferred:
    """Tasks of a frame.

    Attributes:
        tasks: One task per column of classes or lists, one for all tag columns, and one for all dimensions.
        values: Column of classes -> label -> its value in the frame.
        hint: Advice for columns of classes that seem to have lists of tags; empty for none.
    """

    tasks: TaskSet
    values: Mapping[str, Mapping[str, Any]]
    hint: str = ""


def inferred_tasks(frame: Any) -> Inferred:
    """Return the tasks of a pandas or polars frame.

    Lists are tags. Booleans, 0 / 1, -1 / 1 and words such as yes and no are one tag. Categories and other texts are
    classes. Other numbers are a dimension if they have fractions, or are floats and none is missing.

    Raises:
        InputError: ``frame`` is not a frame, or the type of a column is ambiguous, as for integers.
    """
    if not hasattr(frame, "columns"):
        raise InputError(
            f"tasks cannot be inferred from a {type(frame).__name__}",
            expected="a frame; or declared tasks: LabelGraphEstimator(tasks)",
            fix="in cross_val_predict, which converts a frame to an array of ranks: y=None, params={'targets': y}",
        )
    kinds = {str(name): _kind(str(name), frame[name]) for name in column_names(frame)}
    present = {str(name): _given(frame[name]) for name in frame.columns}
    tags, dims = (tuple(name for name, kind in kinds.items() if kind == wanted) for wanted in ("tag", "value"))
    classes = {name: _classes(frame[name]) for name, kind in kinds.items() if kind == "class"}
    for name in classes:
        refuse_identifiers(name, present[name])
    lists = {name: _listed(present[name]) for name, kind in kinds.items() if kind == "list"}
    times = Counter([*tags, *dims, *(str(v) for found in (*classes.values(), *lists.values()) for v in found)])
    tasks: list[Task] = []
    values: dict[str, Any] = {}
    for name, found in [*classes.items(), *lists.items()]:
        labels = {_unique(v, name, times): v for v in found}
        codes = {str(value): label for label, value in labels.items() if str(value) != label}
        make = Categorical if name in classes else MultiLabel
        tasks.append(make(name, tuple(labels), source=Columns(column=name, codes=codes)))
        values |= {name: labels} if name in classes else {}
    names = {*classes, *lists}
    tasks += [MultiLabel(_free("tags", names), tags)] if tags else []
    tasks += [Dimensional(_free("dimensions", names), dims)] if dims else []
    hint = "".join(tags_hint(f"y[{name!r}]", found) for name, found in classes.items())
    return Inferred(TaskSet(tasks), values, hint)


def with_new_labels(tasks: TaskSet, frame: Any) -> TaskSet:
    """Return the tasks of a frame, extended by the further classes and listed tags of another frame.

    Args:
        tasks: Result of :func:`inferred_tasks`.
        frame: The other frame; missing columns add nothing.
    """
    found: list[Task] = []
    names = set(tasks.labels)
    for task in tasks:
        column, known = task.source.column, {*task.labels, *task.source.codes}
        cells = _given(frame[column]) if column is not None and column in frame.columns else []
        values = [value for cell in cells for value in (cell if task.binary else [cell])]
        new = [value for value in dict.fromkeys(map(str, values)) if value not in known]
        labels = {value: value if value not in names else f"{task.name}: {value}" for value in new}
        names |= {*labels.values()}
        codes = {value: label for value, label in labels.items() if value != label}
        source = replace(task.source, codes={**task.source.codes, **codes})
        found.append(replace(task, labels=(*task.labels, *labels.values()), source=source) if new else task)
    return TaskSet(found)


def _listed(cells: list[Any]) -> list[str]:
    return sorted({str(tag) for row in cells for tag in row})


def _unique(value: Any, column: str, times: Mapping[str, int]) -> str:
    """Return the label of a value: the value, or ``column: value`` if it occurs elsewhere too."""
    return str(value) if times[str(value)] == 1 else f"{column}: {value}"


def _free(name: str, taken: Container[str]) -> str:
    """Return a name of a task that no column has."""
    return name if name not in taken else next(n for k in count(2) if (n := f"{name}_{k}") not in taken)


def _given(column: Any) -> list[Any]:
    return [value for value in column.to_list() if not is_missing(value)]


def _kind(name: str, column: Any) -> str:
    given = _given(column)
    gaps = len(given) < len(column)
    named = str(column.dtype).lower().startswith(("category", "categorical", "enum"))
    kind = _kind_of(given, named=named, gaps=gaps)
    if given and kind is not None:
        return kind
    whole = all(isinstance(value, numbers.Real) for value in given)
    holds = "has integers, which may be classes or values" if whole else f"has {shorten(map(repr, given), 2)}"
    raise InputError(
        f"column {name!r} {holds if given else 'is empty'}",
        where="y",
        expected="lists, booleans, texts, categories, or numbers with fractions",
        fix=f"set its type: y.astype({{{name!r}: 'category'}}){'' if gaps or not whole else ' or float'}; or declare "
        "the tasks: LabelGraphEstimator(tasks)",
    )


def _kind_of(given: list[Any], *, named: bool, gaps: bool) -> str | None:
    if any(isinstance(value, COLLECTIONS) for value in given):
        return "list"
    said = {tag_value(str(value)) for value in given}
    if said <= {0, 1} or said == {-1, 1}:
        return "tag"
    if named or all(isinstance(value, str) for value in given):
        return "class"
    if not all(isinstance(value, numbers.Real) for value in given):
        return None
    if gaps and all(value == int(value) for value in given):  # pandas converts integers to floats if some are missing
        return None
    return None if all(isinstance(value, numbers.Integral) for value in given) else "value"


def _classes(column: Any) -> list[Any]:
    """Return the classes of a column: in the order of its categories, or sorted."""
    found = set(_given(column))
    order = getattr(getattr(column, "cat", None), "categories", None)
    if order is not None:
        return [value for value in order if value in found]
    return sorted(found, key=str)
