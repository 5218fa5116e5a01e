"""Pearson's linear correlation, from mergeable moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from typing_extensions import Self

from gcnlabel.annotations import Annotations
from gcnlabel.statistics.statistic import MIN_SAMPLES, STATISTICS, Floats, Statistic, fill_undefined
from gcnlabel.tasks import TaskSet


@STATISTICS.register("pearson")
class Pearson(Statistic):
    """Pearson's correlation, signed, over the samples in which both are annotated; classes and tags as indicators.

    Keeps count, means and central second moments of each pair and merges them with the numerically stable update of
    Chan, Golub and LeVeque (1983).
    """

    def __init__(self, tasks: TaskSet, a: str, b: str) -> None:
        super().__init__(tasks, a, b)
        self._moments = np.zeros((6, len(self.a), len(self.b)))  # n, mean x, mean y, Mxx, Myy, Mxy

    def update(self, annotations: Annotations) -> Self:
        """Add samples."""
        a, b = (annotations.indicators(task.name) for task in (self.a, self.b))
        moments = _moments(a, b)
        shared = [t.exclusive and annotations.targets[t.name].ndim == 2 for t in (self.a, self.b)]
        self._moments = _merge(self._moments, _of_shares(moments, shared, same=self.a == self.b))
        return self

    def merge(self, other: Statistic) -> Self:
        """Add the samples of another accumulator."""
        self.check_same(other)
        assert isinstance(other, Pearson)
        self._moments = _merge(self._moments, other._moments)
        return self

    def compute(self) -> Floats:
        """Return the block [La, Lb]."""
        n, _, _, xx, yy, xy = self._moments
        tiny = 1e-24 * np.maximum(n, 1)  # below: rounding of a constant column
        varies = (xx > tiny * self._moments[1] ** 2) & (yy > tiny * self._moments[2] ** 2)
        defined = (n >= MIN_SAMPLES) & varies
        values = np.divide(xy, np.sqrt(xx) * np.sqrt(yy), out=np.zeros_like(xy), where=defined)
        return fill_undefined(values, defined, self.a, self.b)


def _moments(a: Floats, b: Floats) -> Floats:
    """Return n, means and central second moments of each pair of columns, [6, La, Lb]."""
    seen_a, seen_b = (~np.isnan(x) for x in (a, b))
    shift_a, shift_b = (_column_means(x) for x in (a, b))
    x, y = np.nan_to_num(a - shift_a), np.nan_to_num(b - shift_b)
    n = seen_a.astype(float).T @ seen_b
    sx, sy = x.T @ seen_b, seen_a.T @ y
    size = np.maximum(n, 1)
    xx, yy = (x**2).T @ seen_b - sx**2 / size, seen_a.T @ y**2 - sy**2 / size
    means = shift_a[:, None] + sx / size, shift_b[None, :] + sy / size
    return np.stack([n, *means, xx.clip(0), yy.clip(0), x.T @ y - sx * sy / size])


def _of_shares(moments: Floats, shared: Sequence[bool], *, same: bool) -> Floats:
    """Return moments in which each share of a class counts as a weighted sample with indicator 1 or 0.

    Args:
        moments: n, means and central second moments of each pair of columns, [6, La, Lb].
        shared: Whether the columns of a, and of b, are shares of classes.
        same: Whether both are the same task, in which a sample has one class.
    """
    n, x, y, xx, yy, xy = moments
    xx = n * x * (1 - x) if shared[0] else xx
    yy = n * y * (1 - y) if shared[1] else yy
    if same and shared[0]:
        xy = np.where(np.eye(len(x), dtype=bool), xx, -n * x * y)
    return np.stack([n, x, y, xx, yy, xy])


def _column_means(values: Floats) -> Floats:
    seen = ~np.isnan(values)
    means: Floats = np.nan_to_num(values).sum(0) / np.maximum(seen.sum(0), 1)
    return means


def _merge(p: Floats, q: Floats) -> Floats:
    n = p[0] + q[0]
    size = np.maximum(n, 1)
    dx, dy = q[1] - p[1], q[2] - p[2]
    share, weight = q[0] / size, p[0] * q[0] / size
    return np.stack(
        [
            n,
            p[1] + dx * share,
            p[2] + dy * share,
            p[3] + q[3] + dx**2 * weight,
            p[4] + q[4] + dy**2 * weight,
            p[5] + q[5] + dx * dy * weight,
        ]
    )
