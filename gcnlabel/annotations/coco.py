"""COCO's ``instances_*.json`` -> which categories each image shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gcnlabel.annotations.annotations import Annotations
from gcnlabel.errors import InputError, shorten
from gcnlabel.files import existing_file
from gcnlabel.tasks import MultiLabel, TaskSet

LISTS = ("images", "annotations", "categories")
KEYS = {*LISTS, "id", "name", "file_name", "image_id", "category_id"}
"""Keys that are kept of a file; the large segmentation outlines are dropped while it is parsed."""

Empty = Literal["negative", "left-out"]


def read_coco(
    path: str | Path, *, task_name: str = "objects", split: str | None = None, empty_images: Empty = "negative"
) -> Annotations:
    """Return the tags of a COCO instances file: a category is present if an annotation of the image names it.

    Tags are in the order of the category ids; sample ids are the file names of the images. Crowds (``iscrowd: 1``)
    count as any other annotation, as in ML-GCN's code.

    Args:
        path: The JSON file.
        task_name: Name of the multi-label task.
        split: Name of the split that all images are given.
        empty_images: Treatment of images without annotations: samples without tags (``negative``), or left out
            (``left-out``), as in ML-GCN's code.

    Raises:
        InputError: The file is missing or has another form, an annotation names an undeclared image or category, an id
            or a name occurs twice, or no image is left.
    """
    file = _CocoFile.read(path)
    categories = file.by_id("categories", "name")
    images = file.by_id("images", "file_name")
    columns = {key: column for column, key in enumerate(_in_order(categories))}
    rows = {key: row for row, key in enumerate(images)}
    targets = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for entry in range(len(file.lists["annotations"])):
        row = rows[file.reference(entry, "image_id", rows, "images")]
        targets[row, columns[file.reference(entry, "category_id", columns, "categories")]] = 1
    kept = targets.any(axis=1) | (empty_images == "negative")
    if not kept.any():
        raise InputError(f"{path} holds no image with an annotation", expected="at least one")
    return Annotations(
        TaskSet([MultiLabel(task_name, tuple(categories[key] for key in columns))]),
        {task_name: targets[kept]},
        split=None if split is None else np.full(int(kept.sum()), split),
        ids=np.array(list(images.values()))[kept],
    )


def read_coco_splits(
    files: Mapping[str, str | Path], *, task_name: str = "objects", empty_images: Empty = "negative"
) -> Annotations:
    """Return the concatenated annotations of several files of one data set, one per split; see :func:`read_coco`.

    Args:
        files: Name of a split -> its file.
        task_name: Name of the multi-label task.
        empty_images: As for :func:`read_coco`.

    Raises:
        InputError: As :func:`read_coco` does, or the files declare different categories.
    """
    if not files:
        raise InputError("no COCO file given", expected="one for each split")
    parts = {
        split: read_coco(path, task_name=task_name, split=split, empty_images=empty_images)
        for split, path in files.items()
    }
    first, *others = parts
    for split in others:
        ours, theirs = (parts[name].tasks.labels for name in (first, split))
        if ours != theirs:
            odd = sorted(set(ours) ^ set(theirs)) or [a for a, b in zip(ours, theirs, strict=True) if a != b]
            raise InputError(
                f"{files[first]} and {files[split]} declare different categories: {shorten(odd)}",
                expected="the same names with the same order of ids",
            )
    return Annotations.concatenate(list(parts.values()))


@dataclass(frozen=True)
class _CocoFile:
    path: Path
    lists: dict[str, list[Mapping[str, Any]]]

    @classmethod
    def read(cls, path: str | Path) -> _CocoFile:
        """Read the three lists of a file."""
        path = existing_file(path, "COCO file")
        form = f"a COCO file of instances: {{{', '.join(f'{name}: [...]' for name in LISTS)}}}"
        try:
            content = json.loads(
                path.read_bytes(), object_hook=lambda entry: {k: entry[k] for k in KEYS & entry.keys()}
            )
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} is no JSON: {error}", expected=form) from error
        for name in LISTS:
            entries = content.get(name) if isinstance(content, dict) else None
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise InputError(f"{path} has no list {name!r} of objects", expected=form)
        if not content["categories"] or not content["images"]:
            raise InputError(f"{path} declares no {'image' if content['categories'] else 'category'}", expected=form)
        return cls(path, {name: content[name] for name in LISTS})

    def value(self, of: str, entry: int, key: str, types: tuple[type, ...]) -> Any:
        """Return what a key of an entry holds."""
        found = self.lists[of][entry].get(key)
        if not isinstance(found, types) or isinstance(found, bool) or found == "":
            kind = " or ".join({int: "a whole number", str: "a text"}[one] for one in types)
            problem = f"{key} is {found!r}" if key in self.lists[of][entry] else f"no {key!r}"
            raise InputError(problem, where=self._place(of, entry), expected=kind)
        return found

    def by_id(self, of: str, key: str) -> dict[Any, str]:
        """Return id -> name of images or categories; refuse duplicates."""
        names: dict[Any, str] = {}
        taken: dict[str, Any] = {}
        for entry in range(len(self.lists[of])):
            identity = self.value(of, entry, "id", (int, str))
            name = self.value(of, entry, key, (str,))
            if identity in names:
                raise InputError(f"duplicate id {identity!r}", where=self._place(of, entry))
            if name in taken:
                what = f"duplicate {key} {name!r}, with the ids {taken[name]!r} and {identity!r}"
                raise InputError(what, where=self._place(of, entry), fix="make it one entry")
            names[identity], taken[name] = name, identity
        return names

    def reference(self, entry: int, key: str, known: Mapping[Any, int], of: str) -> Any:
        """Return the id of an image or category that an annotation names."""
        found = self.value("annotations", entry, key, (int, str))
        if found not in known:
            same = [other for other in known if str(other) == str(found)]
            alike = f"the id {same[0]!r} is declared; write both as numbers, or both as texts" if same else None
            raise InputError(
                f"{key} {found!r} is not declared",
                where=self._place("annotations", entry),
                expected=f"an id of {of!r}: {shorten(known)}",
                fix=alike,
            )
        return found

    def _place(self, of: str, entry: int) -> str:
        return f"{self.path}, {of}[{entry}]"


def _in_order(ids: Sequence[Any] | Mapping[Any, Any]) -> list[Any]:
    """Return ids in ascending order, numbers before texts."""
    return sorted(ids, key=lambda key: (isinstance(key, str), key))
