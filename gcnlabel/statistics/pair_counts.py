"""Counts of pairs of classes or tags, the sufficient statistic of several measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.statistics.statistic import Ints, Statistic
from gcnlabel.tasks import Categorical, MultiLabel, Task, TaskSet


@dataclass
class PairCounts:
    """For labels i and j, over the samples in which both are observed, int64 [La, Lb] each.

    Attributes:
        both: Samples with i and j.
        first: Samples with i.
        second: Samples with j.
        total: Samples.
    """

    both: Ints
    first: Ints
    second: Ints
    total: Ints

    @classmethod
    def zero(cls, a: Task, b: Task) -> PairCounts:
        """Return counts of no sample."""
        return cls(*(np.zeros((len(a), len(b)), dtype=np.int64) for _ in range(4)))

    @classmethod
    def of(cls, annotations: Annotations, a: Task, b: Task) -> PairCounts:
        """Return the counts of some samples, by products of indicator matrices."""
        positive_a, seen_a = _indicators(annotations, a)
        positive_b, seen_b = _indicators(annotations, b)
        return cls(
            both=_product(positive_a, positive_b),
            first=_product(positive_a, seen_b),
            second=_product(seen_a, positive_b),
            total=_product(seen_a, seen_b),
        )

    def add(self, other: PairCounts) -> None:
        """Add the counts of other samples."""
        for name in ("both", "first", "second", "total"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class CountingStatistic(Statistic):
    """A statistic that follows from :class:`PairCounts`."""

    suits = (Categorical, MultiLabel)

    def __init__(self, tasks: TaskSet, a: str, b: str) -> None:
        super().__init__(tasks, a, b)
        self.counts = PairCounts.zero(self.a, self.b)

    def update(self, annotations: Annotations) -> Self:
        """Add samples."""
        self.counts.add(PairCounts.of(annotations, self.a, self.b))
        return self

    def merge(self, other: Statistic) -> Self:
        """Add the samples of another accumulator."""
        self.check_same(other)
        assert isinstance(other, CountingStatistic)
        self.counts.add(other.counts)
        return self


def _indicators(annotations: Annotations, task: Task) -> tuple[Any, Any]:
    """Return what is positive and what is observed, [N, labels]; a column of ones where all is observed."""
    target = annotations.targets[task.name]
    if sparse.issparse(target):
        return sparse.csr_matrix(target, dtype=np.float64), np.ones((target.shape[0], 1))
    values = annotations.indicators(task.name)
    seen = ~np.isnan(values)
    return np.nan_to_num(values), (np.ones((len(values), 1)) if seen.all() else seen.astype(np.float64))


def _product(a: Any, b: Any) -> Ints:
    """Return aᵀ b as integers; a single column stands for as many equal ones as are needed."""
    product = a.T @ b if sparse.issparse(a) or not sparse.issparse(b) else (b.T @ a).T
    dense = product.toarray() if sparse.issparse(product) else np.asarray(product)
    return np.rint(dense).astype(np.int64)  # exact: sums of 0 and 1 below 2^53
