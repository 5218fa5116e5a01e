"""Read annotations and features of Mulan and MEKA data sets (ARFF)."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.arff_file import ArffFile, read_arff_file
from gcnlabel.annotations.arff_inputs import read_inputs
from gcnlabel.annotations.arff_labels import find_attributes, label_places, names_labels, parse_label_xml
from gcnlabel.annotations.arff_tags import Tags
from gcnlabel.annotations.frames import from_frame
from gcnlabel.errors import GcnlabelWarning, InputError, shorten
from gcnlabel.tasks import MultiLabel, Task, TaskSet

TASK = "labels"
"""Default name of the multi-label task."""


def read_arff(
    path: str | Path,
    xml: str | Path | None = None,
    *,
    tasks: TaskSet | None = None,
    present: Mapping[str, str] | None = None,
    task_name: str | None = None,
    split: str | None = None,
) -> Annotations:
    """Return the targets and features of a Mulan or MEKA file, dense or sparse.

    Values of a tag are 0 / 1, -1 / 1, false / true, no / yes, n / y, f / t or absent / present, in any case; for other
    pairs, ``present`` names the value that means present. A nominal input of two values becomes one column, of more
    values one column per value; texts and dates are left out.

    Args:
        path: The ARFF file.
        xml: Mulan's file that names the labels, perhaps nested; attributes are matched by name, in its order. None:
            ``-C n`` in the relation's name makes the first n attributes labels (the last |n|, if n < 0), as in MEKA; or
            ``tasks`` names them.
        tasks: Tasks of the labels, declared as for tables; None: all labels are tags of one task.
        present: Tag -> its value that means present, where its values are no known pair.
        task_name: Name of the multi-label task, where ``tasks`` is None; ``labels`` if None.
        split: Name of the split of all samples.

    Raises:
        InputError: A file cannot be read, a label has no attribute, the meaning of its values is unknown, or an option
            has no effect.
    """
    annotations = read_arff_splits({split or "": path}, xml, tasks=tasks, present=present, task_name=task_name)
    annotations.split = annotations.split if split is not None else None
    return annotations


def read_arff_splits(
    files: Mapping[str, str | Path],
    xml: str | Path | None = None,
    *,
    tasks: TaskSet | None = None,
    present: Mapping[str, str] | None = None,
    task_name: str | None = None,
    complete: bool = False,
) -> Annotations:
    """Return the concatenated samples of several files, one per split, matched by names and values of attributes.

    Args:
        files: Name of a split -> its ARFF file; the first file sets the order of the features.
        xml: As for :func:`read_arff`.
        tasks: As for :func:`read_arff`.
        present: As for :func:`read_arff`.
        task_name: As for :func:`read_arff`.
        complete: Whether a missing input is an error instead of NaN.

    Raises:
        InputError: As for :func:`read_arff`, or an attribute or value of a file is not declared in the first.
    """
    if not files:
        raise InputError("no ARFF file given", expected="one for each split")
    if tasks is not None and task_name is not None:
        raise InputError(f"the task's name {task_name!r} beside tasks, which have names")
    names, read = _read(files.values(), xml)
    labels = _labels(read, names, needed=tasks is None)
    if tasks is None:
        tasks = TaskSet([MultiLabel(task_name or TASK, tuple(read[0].attributes[i].name for i in labels[0]))])
    columns = [column for task in tasks for column in task.columns()]
    found = [dict(zip(columns, find_attributes(file, columns), strict=True)) for file in read]
    _warn_undeclared(read[0], set(labels[0]) - set(found[0].values()))
    tags = _tags(read, tasks, found, present or {})
    features = read_inputs(read, [{*a, *b.values()} for a, b in zip(labels, found, strict=True)], complete)
    parts = []
    for i, (split, file) in enumerate(zip(files, read, strict=True)):
        targets = {task.name: _target(task, file, found[i], tags, i) for task in tasks}
        parts.append(Annotations(tasks, targets, np.full(len(file.lines), split), features=features[i]))
    return Annotations.concatenate(parts)


def read_arff_inputs(
    path: str | Path, like: str | Path, xml: str | Path | None = None, *, tasks: TaskSet | None = None
) -> Any:
    """Return the features of a new file, [N, D], in the form of another file's; the new file needs no labels.

    Args:
        path: The new file.
        like: The file that sets the features and their order.
        xml: As for :func:`read_arff`, of ``like``.
        tasks: As for :func:`read_arff`.

    Raises:
        InputError: As for :func:`read_arff_splits`, or an input is missing.
    """
    names, (known, new) = _read((like, path), xml)
    columns = [column for task in tasks or () for column in task.columns()]
    places = {*_labels([known], names, needed=tasks is None)[0], *find_attributes(known, columns)}
    labels = {known.attributes[i].name for i in places}
    there = [i for i, attribute in enumerate(new.attributes) if attribute.name in labels]
    return read_inputs([known, new], [places, there], complete=True)[1]


def _read(paths: Iterable[str | Path], xml: str | Path | None) -> tuple[list[str] | None, list[ArffFile]]:
    """Return the label names of the XML, or None without it, and the parsed files."""
    names, encodings = (None, ()) if xml is None else parse_label_xml(xml)
    return names, [read_arff_file(path, encodings) for path in paths]


def _labels(files: Sequence[ArffFile], names: Sequence[str] | None, *, needed: bool) -> list[list[int]]:
    """Return the indices of the labels in each file; empty lists where only tasks name them.

    Raises:
        InputError: The files have different labels, or it is not declared which attributes are labels.
    """
    if names is None and not needed and not any(map(names_labels, files)):
        return [[] for _ in files]
    places = [label_places(file, names) for file in files]
    sets = [{file.attributes[i].name for i in there} for file, there in zip(files, places, strict=True)]
    for file, there in zip(files, sets, strict=True):
        odd = sorted(there ^ sets[0])
        if odd:
            raise InputError(f"{file.path} and {files[0].path} have different labels: {shorten(odd)}")
    return places


def _are_tags(task: Task) -> bool:
    return task.binary and task.has_column_each()


def _warn_undeclared(file: ArffFile, places: set[int]) -> None:
    if places:
        names = shorten(file.attributes[i].name for i in sorted(places))
        text = f"labels that no task declares are left out, as inputs too: {names}"
        warnings.warn(text, GcnlabelWarning, stacklevel=3)


def _tags(
    files: Sequence[ArffFile], tasks: TaskSet, found: Sequence[Mapping[str, int]], present: Mapping[str, str]
) -> Tags:
    places, missing = {}, {}
    for task in filter(_are_tags, tasks):
        if task.source.codes:
            raise InputError(
                f"codes of task {task.name!r}, whose tags are ARFF attributes", fix="use present: {tag: value} instead"
            )
        for label, column in zip(task.labels, task.columns(), strict=True):
            places[label] = [there[column] for there in found]
            missing[label] = task.source.missing
    return Tags(files, places, present, missing)


def _target(task: Task, file: ArffFile, found: Mapping[str, int], tags: Tags, which: int) -> Any:
    if _are_tags(task):
        return np.stack([tags.column(label, which) for label in task.labels], axis=1)  # [N, labels]
    frame = pl.DataFrame({column: _series(file, found[column]) for column in task.columns()})
    return from_frame(frame, TaskSet([task]), where=str(file.path), first_row=1).targets[task.name]


def _series(file: ArffFile, place: int) -> pl.Series:
    """Return an attribute as a table column: numbers, or texts."""
    attribute, codes = file.attributes[place], file.column(place)
    if attribute.kind == "numeric":
        return pl.Series(codes).fill_nan(None)
    texts = np.array([*attribute.values, None], dtype=object)
    return pl.Series(texts[np.where(np.isnan(codes), -1, codes).astype(np.int64)].tolist(), dtype=pl.String)
