"""Base class of the statistics of a pair of tasks."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.errors import InputError, UndefinedStatisticWarning, shorten
from gcnlabel.registry import Registry
from gcnlabel.tasks import Task, TaskSet

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STATISTICS = Registry("statistic", "gcnlabel.statistics")
"""Statistics by name: subclasses of :class:`Statistic`, whose keyword-only arguments are their options."""

MIN_SAMPLES = 3
"""Smallest number of complete samples for a correlation."""


class Statistic(ABC):
    """A statistic of the dependence between the labels of two tasks, accumulated over chunks of annotations.

    Chunks may be of any number and in any order, and accumulators of different chunks can be merged.

    Args:
        tasks: Tasks of the annotations.
        a: Name of the task of the rows.
        b: Name of the task of the columns; may be the same.

    Raises:
        InputError: The statistic does not suit the type of a task.
    """

    def __init__(self, tasks: TaskSet, a: str, b: str) -> None:
        for name in (a, b):
            if not self.suits(tasks[name]):
                what = f"{type(self).__name__} does not suit the {tasks[name].type} task {name!r}"
                raise InputError(what, expected="tasks of classes or tags")
        self.a, self.b = tasks[a], tasks[b]

    @classmethod
    def suits(cls, task: Task) -> bool:
        """Return whether the statistic can be measured for such a task; for any, unless a subclass overrides this."""
        return True

    @classmethod
    def published_for(cls, a: Task, b: Task) -> bool:
        """Return whether the papers use this statistic for this pair of tasks."""
        return False

    @abstractmethod
    def update(self, annotations: Annotations) -> Self:
        """Add samples."""

    @abstractmethod
    def merge(self, other: Statistic) -> Self:
        """Add the samples of another accumulator of the same kind and tasks."""

    @abstractmethod
    def compute(self) -> Floats:
        """Return the block [labels of a, labels of b]; 0 where the statistic is not defined, with a warning."""

    def reverse(self, block: Floats) -> Floats:
        """Return the block [labels of b, labels of a], given that of :meth:`compute`."""
        return block.T

    def compute_sparse(self) -> sparse.coo_array:
        """Return the block as a sparse matrix."""
        return sparse.coo_array(self.compute())

    def reverse_sparse(self, block: sparse.coo_array) -> sparse.coo_array:
        """Return the block [labels of b, labels of a], given that of :meth:`compute_sparse`."""
        return block.T.tocoo()

    def label_counts(self) -> Floats | None:
        """Return the number of samples with each label of the first task [La], for conditional probabilities, or None.

        A graph stores them, so that it can be exported as counts.
        """
        return None

    def check_same(self, other: Any) -> None:
        """Check that another accumulator is of the same statistic and tasks.

        Raises:
            InputError: It is not.
        """
        if type(other) is not type(self) or (other.a, other.b) != (self.a, self.b):
            raise InputError(f"cannot merge {other!r} into {self!r}", expected="the same statistic of the same tasks")

    def __repr__(self) -> str:
        """Return the kind and the pair of tasks."""
        return f"{type(self).__name__}({self.a.name}, {self.b.name})"


def fill_undefined(values: Floats, defined: npt.NDArray[np.bool_], a: Task, b: Task) -> Floats:
    """Return correlations with 0 where they are not defined, and warn once, naming the pairs.

    The diagonal of a task with itself is 1 where its label varies, and there is no warning for it.
    """
    same = a == b
    result = np.where(defined, np.nan_to_num(values), 0.0).clip(-1, 1)
    if same:
        np.fill_diagonal(result, defined.diagonal().astype(float))
    rows, columns = np.nonzero(~defined)
    pairs = [f"{a.labels[i]}-{b.labels[j]}" for i, j in zip(rows, columns, strict=True) if not same or i < j]
    if pairs:
        text = f"no defined statistic, 0 instead, for {len(pairs)} pair(s): {shorten(pairs)}"
        reason = "a label is constant or never annotated, or fewer than 3 samples have both"
        warnings.warn(f"{text} ({reason})", UndefinedStatisticWarning, stacklevel=3)
    return result
