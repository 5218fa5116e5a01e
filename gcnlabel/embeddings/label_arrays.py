"""Label embeddings from files of arrays: ``.npy``, and the pickles of the published codes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.errors import InputError, closest, shorten
from gcnlabel.pickles import Frame, read_arrays
from gcnlabel.tasks.matching import matched_names

MAX_NUMBERS = 50_000_000
"""Largest total number of values of the labels' vectors."""


def read_label_arrays(path: str | Path, labels: Sequence[str]) -> Tensor:
    """Return the embeddings [L, F] of a file of arrays.

    Rows of an array or a list of vectors are in the order of the labels, as in the published codes; a dict (label ->
    vector) and a frame with row names are matched by name.

    Args:
        path: A ``.npy`` file, or a pickle.
        labels: Names of the labels.

    Raises:
        InputError: The file holds something else, has another number of rows, or lacks a label.
    """
    content = read_arrays(path)
    if isinstance(content, Frame):
        names, rows = _named_rows(content, labels)
        content = rows if names is None else dict(zip(names, rows, strict=True))
    if isinstance(content, Mapping):
        content = _by_name(path, content, labels)
    array = as_matrix(content, path, 2)
    if len(array) != len(labels):
        raise InputError(
            f"{path} holds an array of shape {list(array.shape)}",
            expected=f"[{len(labels)}, F]: one row per label, in the order {shorten(labels)}",
        )
    return torch.from_numpy(array).float()


def as_matrix(content: Any, where: object, ndim: int, expected: str | None = None) -> npt.NDArray[np.float64]:
    """Return numbers as an array of ``ndim`` dimensions; an extra leading dimension of size 1 is removed.

    Raises:
        InputError: They are no such array, or a value is not finite.
    """
    try:
        shape = np.shape(content)
        array = np.array(content, dtype=np.float64) if math.prod(shape) <= MAX_NUMBERS else None
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{where} holds no array of numbers", where=str(error)[:200], expected=expected) from None
    if array is None:
        raise InputError(f"{where} holds an array of shape {list(shape)}", expected=f"up to {MAX_NUMBERS:,} numbers")
    array = array[0] if array.ndim == ndim + 1 and len(array) == 1 else array
    if array.ndim != ndim or array.size == 0:
        raise InputError(
            f"{where} holds an array of shape {list(array.shape)}", expected=expected or f"{ndim} dimensions"
        )
    if not np.isfinite(array).all():
        raise InputError(f"{where} holds NaN or infinity", expected="finite numbers")
    return array


def _named_rows(frame: Frame, labels: Sequence[str]) -> tuple[list[str] | None, npt.NDArray[np.float64]]:
    """Return the names of vectors and the vectors: rows, or columns where only those have the labels' names."""
    rows, columns = (set(labels) <= set(matched_names(axis or (), labels)) for axis in (frame.index, frame.columns))
    return (frame.columns, frame.values.T) if columns and not rows else (frame.index, frame.values)


def _by_name(path: str | Path, content: Mapping[str, Any], labels: Sequence[str]) -> list[Any]:
    names = dict(zip(matched_names(content, labels), content.values(), strict=True))
    missing = [label for label in labels if label not in names]
    if missing:
        raise InputError(
            f"{path} has no vector for {shorten(missing)}",
            where=f"its names: {shorten(content)}",
            expected="a dict of label -> vector, or an array in the order of the labels",
            fix=closest(missing[0], content),
        )
    return [names[label] for label in labels]
