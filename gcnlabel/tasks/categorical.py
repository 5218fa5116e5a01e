"""Single-label classification: each sample has one class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from gcnlabel.errors import InputError, shorten
from gcnlabel.tasks.task import Array, Task

MISSING_CLASS = -1
"""Code of a class that is not annotated."""


@dataclass(frozen=True)
class Categorical(Task):
    """A task of exactly one of several classes, e.g. a facial expression.

    Targets are class indices, int64 [N], :data:`MISSING_CLASS` where not annotated; or class distributions (shares),
    float64 [N, classes], whose rows sum to 1, NaN where not annotated.

    Example:
        >>> Categorical("expression", ["neutral", "happy"]).classes
        ('neutral', 'happy')
    """

    type: ClassVar[str] = "categorical"
    labels_key: ClassVar[str] = "classes"
    noun: ClassVar[str] = "class"
    discrete: ClassVar[bool] = True
    exclusive: ClassVar[bool] = True
    activation: ClassVar[str] = "softmax"
    targets: ClassVar[str] = "classes"
    loss: ClassVar[str] = "cross_entropy"
    metrics: ClassVar[str] = "classes"
    main_metric: ClassVar[str] = "macro_f1"

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; a target is an index into them."""
        return self.labels

    def has_column_each(self) -> bool:
        """Return whether a table has one column per class.

        ``columns``, ``votes``, or ``codes`` whose meanings are 1 and 0 instead of classes declare this.
        """
        meanings = set(self.source.codes.values())
        codes_of_columns = bool(meanings) and meanings <= {"0", "1"} and not meanings & set(self.labels)
        return bool(self.source.columns) or self.source.votes or codes_of_columns

    def source_options(self) -> tuple[str, ...]:
        """Return the options of ``source`` that have an effect on how the task is read."""
        if self.source.votes:
            return ("columns", "votes", "missing")
        return ("columns", "codes", "missing", "signed") if self.has_column_each() else ("column", "codes", "missing")

    def cells(self, target: Any) -> dict[str, Any]:
        """Return one column of class names; with shares, or where a table has one column per class, those columns."""
        if target.ndim == 2 or self.has_column_each():
            return super().cells(self.indicators(target))
        names = np.array([*self.labels, None], dtype=object)  # the last is that of MISSING_CLASS
        return {self.source.column or self.name: names[target]}

    def checked(self, target: Any) -> Array:
        """Return class indices int64 [N], or shares float64 [N, classes]."""
        target = np.asarray(target)
        if target.ndim == 2 and np.issubdtype(target.dtype, np.floating):
            return self._checked_shares(target)
        if target.ndim != 1 or not (np.issubdtype(target.dtype, np.integer) or target.size == 0):
            raise InputError(
                f"task {self.name!r}: targets of shape {target.shape} and type {target.dtype}",
                expected=f"class indices, integers of shape [N], {MISSING_CLASS} = missing; or shares [N, {len(self)}]",
            )
        if target.size and (target.min() < MISSING_CLASS or target.max() >= len(self)):
            row = int(np.flatnonzero((target < MISSING_CLASS) | (target >= len(self)))[0])
            raise InputError(
                f"task {self.name!r}: unknown class code {target[row]}",
                where=f"sample {row}",
                expected=f"0 to {len(self) - 1}, or {MISSING_CLASS} for missing",
            )
        return target.astype(np.int64, copy=False)

    def indicators(self, target: Any) -> Array:
        """Return one-hot classes or their shares, float64 [N, classes], NaN where not annotated."""
        if target.ndim == 2:
            return super().indicators(target)
        rows = np.zeros((len(target), len(self)))
        rows[np.arange(len(target)), target] = 1
        rows[target == MISSING_CLASS] = np.nan
        return rows

    def masked(self, target: Any, seen: npt.NDArray[np.bool_]) -> Array:
        """Return the targets; rows without a true value in ``seen`` [N, classes] are marked as missing."""
        return np.where(seen.any(1), target, MISSING_CLASS) if target.ndim == 1 else super().masked(target, seen)

    def activated(self, scores: Any) -> Any:
        """Return the softmax probabilities of the scores, [N, classes]."""
        return scores.softmax(1)

    def mean_scores(self, scores: Any) -> Any:
        """Return the logarithms of the mean probabilities over the K members of ``scores`` [K, N, classes]."""
        return scores.log_softmax(2).logsumexp(0) - math.log(len(scores))

    def predicted(self, values: Array, thresholds: Any = 0.5) -> Array:
        """Return the index of the most probable class, int64 [N]; the first one on ties."""
        return np.asarray(values).argmax(1)

    def named(self, predicted: Array) -> dict[str, list[Any]]:
        """Return ``{"class": class names [N]}``."""
        return {"class": [self.labels[i] for i in predicted.tolist()]}

    def _checked_shares(self, target: Array) -> Array:
        shares = target.astype(np.float64, copy=False)
        if shares.shape[1] != len(self):
            raise InputError(
                f"task {self.name!r}: targets of shape {shares.shape}", expected=f"[N] or [N, {len(self)}]"
            )
        rounding = 1e-6 if target.dtype == np.float64 else 1e-4
        wrong = ~np.isnan(shares).all(1) & ~((shares >= 0).all(1) & (np.abs(shares.sum(1) - 1) < rounding))
        if wrong.any():
            row = int(wrong.argmax())
            said = shorten(f"{x:g}" for x in shares[row])
            raise InputError(
                f"task {self.name!r}: targets of shape {shares.shape} with shares {said}",
                where=f"sample {row}",
                expected="class indices [N]; or shares of 0 or more each, 1 together, or NaN in all (missing)",
            )
        return shares
