"""Read the image lists of PASCAL VOC, ``ImageSets/Main/<class>_<set>.txt``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.tasks import MultiLabel, TaskSet

LISTS = Path("ImageSets") / "Main"
Difficult = Literal["unknown", "negative", "positive"]
VALUE: dict[Difficult, float] = {"unknown": np.nan, "negative": 0.0, "positive": 1.0}


def read_voc(
    root: str | Path,
    sets: Iterable[str],
    *,
    task_name: str = "objects",
    difficult: Difficult | Mapping[str, Difficult] = "unknown",
    unknown: Literal["left-out", "negative"] = "negative",
) -> Annotations:
    """Return the tags of one or several image sets of VOC, one split per set; classes in alphabetical order.

    A line ``000012 1`` means that the image shows the class, ``-1`` that it does not, and ``0`` that all its objects of
    the class are difficult. ``ids`` are the names of the images.

    Args:
        root: Folder of one year, with ``ImageSets/Main`` in it.
        sets: Names of the sets: train, val, trainval or test.
        task_name: Name of the multi-label task.
        difficult: Value of a difficult class: ``unknown`` (NaN: left out of losses, statistics and average precision),
            ``negative`` or ``positive``; or a mapping of set -> value, ``unknown`` for sets not in it. ML-GCN's code
            trains on it as positive, leaves it out of its mAP and counts it as negative in its OP..CF1; its published
            counts take it as negative.
        unknown: Treatment of unknown classes in F1 and CP .. OF1; see :class:`~gcnlabel.tasks.MultiLabel`.

    Raises:
        InputError: A folder or list is missing or empty, a line is not an image and 1, 0 or -1, the lists of a set name
            different images, or two sets share an image.
    """
    sets, folder = list(dict.fromkeys(sets)), _folder_of_lists(Path(root))
    files = {name: _lists(folder, name) for name in sets}
    classes = sorted({label for of_set in files.values() for label in of_set})
    tags = {name: _tags_of_set(files[name], classes, folder, name) for name in sets}
    _check_apart(tags, folder)
    how = _difficult_by_set(difficult, sets)
    targets = [np.where(values == 0, how[name], values > 0) for name, (_, values) in tags.items()]
    return Annotations(
        TaskSet([MultiLabel(task_name, tuple(classes), unknown=unknown)]),
        {task_name: np.concatenate(targets)},
        split=np.concatenate([np.full(len(images), name) for name, (images, _) in tags.items()]),
        ids=np.array([image for images, _ in tags.values() for image in images]),
    )


def _difficult_by_set(difficult: Difficult | Mapping[str, Difficult], sets: list[str]) -> dict[str, float]:
    """Return set -> the value of a difficult class."""
    given = dict.fromkeys(sets, difficult) if isinstance(difficult, str) else dict(difficult)
    for name, what in given.items():
        if name not in sets or what not in VALUE:
            raise InputError(
                f"difficult: {what!r} for the set {name!r}",
                expected=f"{' | '.join(VALUE)} for one of the sets {shorten(sets)}",
                fix=closest(what, VALUE) if name in sets else closest(name, sets),
            )
    return {name: VALUE[given.get(name, "unknown")] for name in sets}


def _folder_of_lists(root: Path) -> Path:
    folder = root / LISTS
    if not folder.is_dir():
        years = sorted(str(inner.parent.parent) for inner in root.glob(f"*/{LISTS}")) if root.is_dir() else []
        raise InputError(
            f"no folder {folder}",
            expected=f"{LISTS}/<class>_<set>.txt below the folder of one year",
            fix=f"name one of {shorten(years)}" if years else None,
        )
    return folder


def _lists(folder: Path, name: str) -> dict[str, Path]:
    """Return class -> its list of a set."""
    ending = f"_{name}.txt"
    found = {path.name.removesuffix(ending): path for path in sorted(folder.glob(f"[!.]*{ending}"))}
    if not found:
        there = sorted({path.stem.rpartition("_")[2] for path in folder.glob("[!.]*_*.txt")})
        raise InputError(
            f"no list of the set {name!r} in {folder}",
            expected=f"<class>{ending}; the sets there are: {shorten(there) or 'none'}",
            fix=closest(name, there),
        )
    return found


def _tags_of_set(
    files: Mapping[str, Path], classes: list[str], folder: Path, name: str
) -> tuple[list[str], npt.NDArray[Any]]:
    """Return the images of a set, and 1, 0 or -1 for each class, [N, classes]."""
    missing = [label for label in classes if label not in files]
    if missing:
        raise InputError(f"no list {missing[0]}_{name}.txt in {folder}", expected="one for each class in every set")
    by_class = {label: _read_list(files[label]) for label in classes}
    first = by_class[classes[0]]
    for label, values in by_class.items():
        odd = sorted(first.keys() ^ values.keys())
        if odd:
            has, lacks = (classes[0], label) if odd[0] in first else (label, classes[0])
            raise InputError(
                f"image {odd[0]!r} is in {files[has].name} and not in {files[lacks].name} ({len(odd)} such)",
                where=folder,
                expected="the same images in every list of a set",
            )
    images = list(first)
    return images, np.array([[by_class[label][image] for label in classes] for image in images])


def _read_list(path: Path) -> dict[str, int]:
    """Return image -> 1, 0 or -1; empty lines are skipped."""
    values: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        fields = line.split()
        if not fields:
            continue
        where = f"{path}, line {number}"
        if len(fields) != 2 or fields[1] not in ("1", "0", "-1"):
            raise InputError(f"{line.strip()!r}", where=where, expected="<image> 1, <image> 0 or <image> -1")
        if fields[0] in values:
            raise InputError(f"duplicate image {fields[0]!r}", where=where)
        values[fields[0]] = int(fields[1])
    if not values:
        raise InputError(f"{path} names no image", expected="at least one line")
    return values


def _check_apart(tags: Mapping[str, tuple[list[str], Any]], folder: Path) -> None:
    place: dict[str, str] = {}
    for name, (images, _) in tags.items():
        for image in images:
            other = place.setdefault(image, name)
            if other != name:
                raise InputError(
                    f"image {image!r} is in the sets {other!r} and {name!r}",
                    where=folder,
                    expected="sets without a common image",
                    fix="trainval contains train and val; splits.val: null holds out a share of splits.train",
                )
