"""Mulan and MEKA data sets -> annotations and features."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.annotations.arff_file import ArffFile, Attribute, read_arff_file
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.files import existing_file
from gcnlabel.tasks import MultiLabel, TaskSet


def read_arff(
    path: str | Path, xml: str | Path | None = None, *, task_name: str = "labels", split: str | None = None
) -> Annotations:
    """Return the tags and features of a Mulan or MEKA file, dense or sparse.

    Args:
        path: The ARFF file.
        xml: Mulan's file that names the labels, maybe nested; its order is kept, attributes are matched by name.
            None: MEKA's ``-C n`` in the relation's name says that the first n attributes are labels (the last, if
            n < 0).
        task_name: Name of the multi-label task.
        split: Name of the split that all samples are given.

    Raises:
        InputError: A file cannot be read, or a label has no attribute or is not 0 / 1.
    """
    file = read_arff_file(path)
    names = _meka_labels(file, path) if xml is None else read_label_xml(xml)
    place = {attribute.name: i for i, attribute in enumerate(file.attributes)}
    missing = [name for name in names if name not in place]
    if missing:
        raise InputError(f"labels without an attribute: {shorten(missing)}", where=path, fix=closest(missing[0], place))
    columns = [place[name] for name in names]
    rest = sorted(set(range(len(file.attributes))) - set(columns))
    targets = np.stack([_tag(file, i, path) for i in columns], axis=1)
    return Annotations(
        TaskSet([MultiLabel(task_name, tuple(names))]),
        {task_name: targets},
        split=None if split is None else np.full(len(targets), split),
        features=_features(file, rest),
    )


def read_arff_splits(
    files: Mapping[str, str | Path], xml: str | Path | None = None, *, task_name: str = "labels"
) -> Annotations:
    """Return several files of one data set as one, each a split.

    Args:
        files: Name of a split -> its ARFF file.
        xml: As for :func:`read_arff`.
        task_name: Name of the multi-label task.

    Raises:
        InputError: As for :func:`read_arff`, or the files declare different labels or features.
    """
    if not files:
        raise InputError("no ARFF file given", expected="one for each split")
    parts = [read_arff(path, xml, task_name=task_name, split=split) for split, path in files.items()]
    widths = {split: part.features.shape[1] for split, part in zip(files, parts, strict=True)}
    if len(set(widths.values())) > 1:
        raise InputError(f"the files have different numbers of features: {widths}")
    return Annotations.concatenate(parts)


def read_label_xml(path: str | Path) -> list[str]:
    """Return the names of the labels in Mulan's XML, parents before their children.

    Raises:
        InputError: The file is no XML, or names no label.
    """
    path = existing_file(path, "XML of labels")
    try:
        root = ET.fromstring(path.read_bytes())
    except ET.ParseError as error:
        raise InputError(f"{path} is no XML: {error}") from error
    names = [element.attrib.get("name", "") for element in root.iter() if element.tag.rpartition("}")[2] == "label"]
    if not names or "" in names:
        raise InputError(f"{path} names no label", expected='<labels><label name="..."/></labels>')
    return names


def _meka_labels(file: ArffFile, path: str | Path) -> list[str]:
    match = re.search(r"-C\s+(-?\d+)", file.relation)
    count = int(match.group(1)) if match else 0
    if count == 0 or abs(count) >= len(file.attributes):
        raise InputError(
            f"{path} does not say which attributes are labels", expected="an XML of labels, or -C n in its relation"
        )
    names = [attribute.name for attribute in file.attributes]
    return names[:count] if count > 0 else names[count:]


def _tag(file: ArffFile, column: int, path: str | Path) -> npt.NDArray[np.float32]:
    attribute = file.attributes[column]
    values = _column(file, column)
    if attribute.values is not None and set(attribute.values) == {"0", "1"} and attribute.values[0] == "1":
        values = 1 - values  # declared {1, 0}: the index is turned around
    if not np.isin(values[~np.isnan(values)], (0, 1)).all():
        raise InputError(f"label {attribute.name!r} has values other than 0 and 1", where=path)
    return values.astype(np.float32)


def _column(file: ArffFile, column: int) -> npt.NDArray[np.float64]:
    part = file.cells[:, [column]]
    dense: npt.NDArray[np.float64] = part.toarray() if sparse.issparse(part) else np.asarray(part)
    return dense[:, 0]


def _features(file: ArffFile, columns: list[int]) -> Any:
    """Return the features [N, D]: numbers and 0 / 1 as they are, other nominal attributes one-hot."""
    nominal = [i for i in columns if _is_nominal(file.attributes[i])]
    if not nominal:
        part = file.cells[:, columns].astype(np.float32)
        return sparse.csr_matrix(part) if sparse.issparse(part) else part
    blocks = []
    for i in columns:
        values = _column(file, i)
        if i in nominal:
            size = len(file.attributes[i].values or ())
            blocks.append((values[:, None] == np.arange(size)).astype(np.float32))
        else:
            blocks.append(values[:, None].astype(np.float32))
    return np.concatenate(blocks, axis=1)


def _is_nominal(attribute: Attribute) -> bool:
    return attribute.values is not None and attribute.values != ("0", "1")
