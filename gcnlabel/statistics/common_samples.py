"""Count the samples on which both labels of a pair are annotated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from gcnlabel.annotations import Annotations
from gcnlabel.statistics.few import FEW
from gcnlabel.tasks import Task, TaskSet


class CommonSamples:
    """Numbers of samples on which both labels of each pair are annotated, for pairs of tasks.

    Args:
        tasks: Tasks of the annotations.
        pairs: Pairs of names of tasks.
    """

    def __init__(self, tasks: TaskSet, pairs: Iterable[tuple[str, str]]) -> None:
        self._tasks = tasks
        self._counts: dict[tuple[str, str], Any] = dict.fromkeys(pairs, 0)

    def add(self, annotations: Annotations) -> None:
        """Count samples."""
        seen = {name: _seen(annotations, self._tasks[name]) for pair in self._counts for name in pair}
        for a, b in self._counts:
            self._counts[a, b] = self._counts[a, b] + seen[a].T @ seen[b]  # [La or 1, Lb or 1]

    def merge(self, other: CommonSamples) -> None:
        """Add the counts of another accumulator of the same pairs."""
        for pair, counts in other._counts.items():
            self._counts[pair] = self._counts[pair] + counts

    def few(self, total: int) -> Iterator[tuple[str, str, int]]:
        """Yield (label, label, number of samples) of each pair with at least 1 and fewer than :data:`FEW` samples.

        Args:
            total: Number of all samples: pairs that are annotated on all of them are left out.
        """
        for (a, b), counts in self._counts.items():
            first, second = self._tasks[a], self._tasks[b]
            found = np.broadcast_to(np.asarray(counts), (len(first), len(second)))
            for i, j in np.argwhere((found > 0) & (found < min(FEW, total))).tolist():
                if a != b or i < j:
                    yield first.labels[i], second.labels[j], int(found[i, j])


def _seen(annotations: Annotations, task: Task) -> npt.NDArray[np.float64]:
    """Return which samples are annotated, [N, labels], or [N, 1] where it is the same for all labels."""
    target = annotations.targets[task.name]
    if sparse.issparse(target):
        return np.ones((len(annotations), 1))
    if task.exclusive:
        return (target >= 0 if target.ndim == 1 else ~np.isnan(target).any(1)).astype(float)[:, None]
    seen = ~np.isnan(annotations.indicators(task.name))
    return (seen[:, :1] if bool((seen == seen[:, :1]).all()) else seen).astype(float)
