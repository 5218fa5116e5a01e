"""Classes in a column."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError
from gcnlabel.estimators.labels import is_missing

Array = npt.NDArray[Any]


def as_numbers(y: Any) -> Any:
    """Return an array of objects that are all numbers, or all truth values, as one of numbers."""
    if isinstance(y, np.ndarray) and y.dtype == object and all(isinstance(v, int | float | np.number) for v in y.flat):
        return np.array(y.tolist())
    return y


def check_no_class_missing(y: Array) -> None:
    """Check that every sample has a class, [N].

    Raises:
        InputError: One has none.
    """
    holes = [row for row, value in enumerate(y) if is_missing(value)] if y.dtype == object else []
    if holes:
        what = f"{len(holes)} sample(s) without a class"
        raise InputError(what, where=f"y, row {holes[0]}", fix="leave them out, or use LabelGraphEstimator")
