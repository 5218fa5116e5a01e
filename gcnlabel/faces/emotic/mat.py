"""Read EMOTIC's ``Annotations.mat``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat

from gcnlabel.errors import InputError, shorten
from gcnlabel.faces.emotic.mat_elements import check_mat
from gcnlabel.files import existing_file

SPLITS = ("train", "val", "test")
HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class Person:
    """One annotated person of EMOTIC.

    Attributes:
        split: Its split.
        image: Path of the image, ``<folder>/<filename>``.
        box: x1, y1, x2, y2 in pixels; empty if there is none.
        categories: Raw names of the categories.
        continuous: Raw valence, arousal, dominance; NaN where missing.
        annotators: Number of combined annotations.
        where: Location in the file, for messages.
    """

    split: str
    image: str
    box: tuple[float, ...]
    categories: tuple[str, ...]
    continuous: tuple[float, float, float]
    annotators: int
    where: str


def mat_persons(path: str | Path) -> Iterator[Person]:
    """Yield the persons of ``train``, ``val`` and ``test``.

    The fields ``combined_*`` are used if present (val and test); otherwise the categories of all annotators are united
    and their dimensions averaged.

    Raises:
        InputError: The file is not a MATLAB 5 file, or a variable or field is missing.
    """
    path = existing_file(path, "EMOTIC annotations")
    content = _content(path)
    for split in SPLITS:
        for number, record in enumerate(np.atleast_1d(content[split]), start=1):
            where = f"{path}, {split}({number})"
            image = f"{_field(record, 'folder', where)}/{_field(record, 'filename', where)}".replace("\\", "/")
            for person in np.atleast_1d(_field(record, "person", where)):
                yield _checked_person(person, split, image, f"{where} {image}")


def _content(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        start = file.read(520)
    if start.startswith((b"MATLAB 7.3", HDF5)) or HDF5 in start[508:]:
        raise InputError(
            f"{path} is a MATLAB 7.3 (HDF5) file",
            expected="a MATLAB 5 file, as EMOTIC provides it",
            fix="in MATLAB: load it, then save('Annotations.mat', 'train', 'val', 'test', '-v7')",
        )
    try:
        whole = path.read_bytes()
        check_mat(whole)
        content: dict[str, Any] = loadmat(io.BytesIO(whole), squeeze_me=True, struct_as_record=False)
    except Exception as error:  # scipy's reader raises errors of many types on damaged files
        raise InputError(f"{path} is not a MATLAB 5 file: {error}", expected="Annotations.mat of EMOTIC") from error
    missing = [split for split in SPLITS if split not in content]
    if missing:
        raise InputError(
            f"variables are missing: {shorten(missing)}",
            where=path,
            expected="train, val and test",
            fix=f"the file has {shorten([name for name in content if not name.startswith('__')]) or 'nothing'}: "
            "another version of EMOTIC",
        )
    return content


def _field(record: Any, name: str, where: str) -> Any:
    if not hasattr(record, name):
        raise InputError(
            f"field {name!r} is missing",
            where=where,
            expected="the records of EMOTIC's Annotations.mat",
            fix=f"the record has {shorten(getattr(record, '_fieldnames', []), 12) or type(record).__name__}: "
            "another version of EMOTIC",
        )
    return getattr(record, name)


def _checked_person(person: Any, split: str, image: str, where: str) -> Person:
    try:
        return _person(person, split, image, where)
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"a value cannot be read: {error}", where=where, expected="a person as EMOTIC has it"
        ) from error


def _person(person: Any, split: str, image: str, where: str) -> Person:
    if hasattr(person, "combined_categories"):
        names = _names(person.combined_categories)
        values = [_continuous(_field(person, "combined_continuous", where), where)]
        annotators = 1
    else:
        notes = np.atleast_1d(_field(person, "annotations_categories", where))
        names = [name for note in notes for name in _names(_field(note, "categories", where))]
        rated = np.atleast_1d(_field(person, "annotations_continuous", where))
        values = [_continuous(rating, where) for rating in rated if rating.__class__.__name__ == "mat_struct"]
        annotators = max(len(notes), len(values))
    mean = _mean(np.array(values, dtype=np.float64).reshape(-1, 3))
    box = tuple(float(v) for v in np.ravel(_field(person, "body_bbox", where)))
    return Person(split, image, box, tuple(dict.fromkeys(names)), mean, annotators, where)


def _names(cell: Any) -> list[str]:
    return [str(name) for name in np.ravel(np.asarray(cell, dtype=object)) if np.size(name) and str(name).strip()]


def _continuous(rating: Any, where: str) -> list[float]:
    values = [np.ravel(_field(rating, name, where)) for name in ("valence", "arousal", "dominance")]
    return [float(value[0]) if value.size else np.nan for value in values]


def _mean(values: Any) -> tuple[float, float, float]:
    """Return the mean over annotators of each dimension; NaN if no annotator rated it."""
    known = ~np.isnan(values)
    total, count = np.where(known, values, 0).sum(axis=0), known.sum(axis=0)
    means = [float(t / c) if c else np.nan for t, c in zip(total, count, strict=True)]
    return means[0], means[1], means[2]
