"""Weights of base models in a dimensional task, with stacking on the scores of classes and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.calibration import correction
from gcnlabel.run.ensembles.combination import Combination, Evidence, Scores
from gcnlabel.run.ensembles.ridge import loo_ridge
from gcnlabel.run.ensembles.selection import DOUBT, greedy, shrunk
from gcnlabel.tasks import Task

Floats = npt.NDArray[np.float64]
STACKING = "stacking"


class Dimensions:
    """Fits the combination of base models for one dimensional task."""

    def __init__(
        self,
        task: Task,
        by: str | None,
        names: Sequence[str],
        train: Evidence,
        held: Evidence,
        crossed: Mapping[str, Scores] | None,
    ) -> None:
        self.task, self.by, self.names, self.crossed = task, by, list(names), crossed is not None
        pairs = [(of.targets[task.name].double().numpy(), of) for of in (train, held)]
        (self.train, _), (self.held, _) = pairs
        self.inner, self.outer = ([self._of(of, name) for name in names] for _, of in pairs)
        self.left_out = [_array(crossed[name][task.name]) for name in names] if crossed is not None else [*self.inner]
        self.ridge = np.zeros((len(task), 0))
        self.constant = np.zeros(len(task))

    def _of(self, evidence: Evidence, name: str) -> Floats:
        return _array(evidence.scores[name][self.task.name])

    def add_stacking(self, train: Floats, held: Floats) -> None:
        """Add the ridge regression on the scores of classes and tags, [N, K]; nothing if K = 0."""
        if not train.shape[1]:
            return
        found = [loo_ridge(train, self.train[:, d]) for d in range(len(self.task))]
        self.ridge = np.stack([of.weights for of in found])
        self.constant = np.array([of.constant for of in found])
        self.names.append(STACKING)
        self.inner.append(train @ self.ridge.T + self.constant)
        self.outer.append(held @ self.ridge.T + self.constant)
        self.left_out.append(np.stack([of.left_out for of in found], 1) if self.crossed else self.inner[-1])

    def combine_into(self, found: Combination, place: slice, row: int) -> None:
        """Write the fitted weights to ``found``.

        Args:
            found: The combination.
            place: The task's labels among all labels.
            row: The task's first dimension among all dimensions.
        """
        dims = range(len(self.task))
        scales = np.array([[self._scale(m, d) for d in dims] for m in range(len(self.names))])  # [M, dims, 2]
        evidence = [self._evidence(d, scales[:, d]) for d in dims]

        def value(weights: Floats) -> float:
            measured = [_agreement(weights @ x, y, self.by) for x, y in evidence if len(y) > 1]
            return float(np.mean(measured)) if measured else 0.0

        seen = min(len(y) for _, y in evidence)
        weights = shrunk(greedy(value, len(self.names)), seen / (seen + DOUBT[False]))
        found.weights[self.task.name] = dict(zip(self.names, weights.tolist(), strict=True))
        alone = {name: value(np.eye(len(self.names))[m]) for m, name in enumerate(self.names)}
        found.values[self.task.name] = {**alone, "ensemble": value(weights)}
        for d in dims:
            last = self._last(d, weights, scales[:, d], evidence[d])
            slope, offset = last[0] * weights * scales[:, d, 0], last[0] * (weights @ scales[:, d, 1]) + last[1]
            models = len(found.mix)
            found.mix[:, place.start + d] = torch.from_numpy(slope[:models])
            if len(slope) > models:
                found.stacked[row + d] = torch.from_numpy(slope[-1] * self.ridge[d])
                offset += slope[-1] * self.constant[d]
            found.offset[place.start + d] = offset

    def _scale(self, model: int, d: int) -> tuple[float, float]:
        """Return slope and offset that scale a base model to the targets."""
        if self.by is None:
            return 1.0, 0.0
        x, y = self.inner[model][:, d], self.train[:, d]
        if self.crossed:
            x, y = np.concatenate([x, self.outer[model][:, d]]), np.concatenate([y, self.held[:, d]])
        made = correction(x, y, self.by)
        return made.slope, made.offset

    def _evidence(self, d: int, scales: Floats) -> tuple[Floats, Floats]:
        """Return scaled scores of a dimension's held-out samples [M, n], and their targets [n]."""
        x, y = np.stack([of[:, d] for of in self.outer]), self.held[:, d]
        if self.crossed:
            x = np.concatenate([np.stack([of[:, d] for of in self.left_out]), x], 1)
            y = np.concatenate([self.train[:, d], y])
        seen = ~np.isnan(y) & np.isfinite(x).all(0)
        return scales[:, :1] * x[:, seen] + scales[:, 1:], y[seen]

    def _last(self, d: int, weights: Floats, scales: Floats, evidence: tuple[Floats, Floats]) -> tuple[float, float]:
        """Return slope and offset that scale the weighted mean to the targets."""
        if self.by is None:
            return 1.0, 0.0
        x, y = evidence
        if not self.crossed:
            x = np.stack([of[:, d] for of in self.inner]) * scales[:, :1] + scales[:, 1:]
            y = self.train[:, d]
        made = correction(weights @ x, y, self.by)
        return made.slope, made.offset


def _array(scores: Tensor) -> Floats:
    return scores.double().numpy()


def _agreement(x: Floats, y: Floats, by: str | None) -> float:
    """Return the CCC or, for ``regression``, the negative mean squared error."""
    apart = float(((x - y) ** 2).mean())
    if by == "regression":
        return -apart
    spread = x.var() + y.var() + (x.mean() - y.mean()) ** 2
    return 1 - apart / float(spread) if spread > 0 else 0.0
