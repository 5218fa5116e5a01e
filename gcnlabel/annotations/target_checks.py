"""Whether targets can be those of their task."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks import Categorical, Dimensional, MultiLabel, Task

MISSING_CLASS = -1
"""Code of a class that is not annotated."""

Array = npt.NDArray[Any]


def checked_target(task: Task, target: Any) -> Any:
    """Return the targets of a task as :class:`~gcnlabel.annotations.Annotations` holds them.

    Raises:
        InputError: They have the wrong shape, an unknown code or a value outside their range.
    """
    if isinstance(task, Categorical):
        return _checked_classes(task, np.asarray(target))
    if sparse.issparse(target):
        target = sparse.csr_matrix(target)
    else:
        target = np.asarray(target, dtype=np.float32 if isinstance(task, MultiLabel) else np.float64)
    if target.ndim != 2 or target.shape[1] != len(task):
        raise InputError(f"task {task.name!r}: targets of shape {target.shape}", expected=f"[N, {len(task)}]")
    values = target.data if sparse.issparse(target) else target
    if isinstance(task, MultiLabel) and not ((values == 0) | (values == 1) | np.isnan(values)).all():
        raise InputError(f"task {task.name!r}: tags other than 0 and 1", expected="0, 1 or NaN (missing)")
    if isinstance(task, Dimensional):
        _check_range(task, target)
    return target


def _checked_shares(task: Categorical, target: Array) -> Array:
    shares = target.astype(np.float64, copy=False)
    if shares.shape[1] != len(task):
        raise InputError(f"task {task.name!r}: targets of shape {shares.shape}", expected=f"[N] or [N, {len(task)}]")
    wrong = ~np.isnan(shares).all(1) & ~((shares >= 0).all(1) & (np.abs(shares.sum(1) - 1) < 1e-6))
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"task {task.name!r}: targets of shape {shares.shape} with shares {shorten(f'{x:g}' for x in shares[row])}",
            where=f"sample {row}",
            expected="class indices [N]; or shares of 0 or more each, 1 together, or NaN in all (missing)",
        )
    return shares


def _checked_classes(task: Categorical, target: Array) -> Array:
    if target.ndim == 2 and np.issubdtype(target.dtype, np.floating):
        return _checked_shares(task, target)
    if target.ndim != 1 or not (np.issubdtype(target.dtype, np.integer) or target.size == 0):
        raise InputError(
            f"task {task.name!r}: targets of shape {target.shape} and type {target.dtype}",
            expected=f"class indices, integers of shape [N], {MISSING_CLASS} = missing; or shares [N, {len(task)}]",
        )
    if target.size and (target.min() < MISSING_CLASS or target.max() >= len(task)):
        row = int(np.flatnonzero((target < MISSING_CLASS) | (target >= len(task)))[0])
        raise InputError(
            f"task {task.name!r}: unknown class code {target[row]}",
            where=f"sample {row}",
            expected=f"0 to {len(task) - 1}, or {MISSING_CLASS} for missing",
        )
    return target.astype(np.int64, copy=False)


def _check_range(task: Dimensional, target: Array) -> None:
    low, high = task.range or (-np.finfo(float).max, np.finfo(float).max)
    if (
        low <= np.fmin.reduce(target, axis=None, initial=high)
        and np.fmax.reduce(target, axis=None, initial=low) <= high
    ):
        return
    bad = ~np.isnan(target) & ~((target >= low) & (target <= high))
    if bad.any():
        row, dim = (int(v) for v in np.argwhere(bad)[0])
        raise InputError(
            f"task {task.name!r}: {task.labels[dim]} = {target[row, dim]}",
            where=f"sample {row}",
            expected=f"a value in [{low:g}, {high:g}], or missing",
            fix="NaN is what is missing; `range` of the task says which values there are",
        )
