"""Weights of base models, found on held-out samples, and what is estimated of dimensions from the other scores.

Greedy ensemble selection (Caruana et al., ICML 2004), shrunk to equal weights where the evidence is thin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from gcnlabel.calibration import correction
from gcnlabel.losses import make_loss
from gcnlabel.nn.heads.ensemble import with_stacked
from gcnlabel.run.ensembles.ridge import loo_ridge
from gcnlabel.tasks import Task, TaskSet

Floats = npt.NDArray[np.float64]
Scores = Mapping[str, Tensor]
ROUNDS = 10
"""Base models that the greedy selection takes, one after another, with repetition."""
DOUBT = {True: 100, False: 20}
"""Held-out samples at which found and equal weights count alike: of classes and tags, and of a dimension."""
STACKING = "stacking"


@dataclass(frozen=True)
class Evidence:
    """What base models say of some samples.

    Attributes:
        scores: Base model -> task -> scores [N, labels], those of dimensions in standard units.
        targets: Task -> targets of the same samples, those of dimensions in standard units, NaN where not annotated.
    """

    scores: Mapping[str, Scores]
    targets: Scores


@dataclass(frozen=True)
class Combination:
    """An ensemble's buffers, see :class:`gcnlabel.nn.heads.EnsembleHead`, and why they are what they are.

    Attributes:
        mix: [M, L].
        stacked: [dimensions, labels of classes and tags].
        offset: [L].
        weights: Task -> base model, or ``stacking`` -> its weight.
        values: Task -> base model, ``stacking`` or ``ensemble`` -> its value on held-out samples, the higher the
            better: the CCC or the negative mean squared error of dimensions, the negative loss of classes and tags.
    """

    mix: Tensor
    stacked: Tensor
    offset: Tensor
    weights: dict[str, dict[str, float]] = field(default_factory=dict)
    values: dict[str, dict[str, float]] = field(default_factory=dict)

    def scores(self, tasks: TaskSet, scores: Mapping[str, Scores]) -> dict[str, Tensor]:
        """Return the ensemble's scores of each task from those of its base models, in standard units."""
        each = torch.stack([torch.cat([of[task.name] for task in tasks], 1) for of in scores.values()])
        discrete = torch.tensor([task.discrete for task in tasks for _ in task.labels])
        mixed = torch.einsum("mbl,ml->bl", each, self.mix) + self.offset
        found = with_stacked(mixed, self.stacked, discrete.nonzero()[:, 0], (~discrete).nonzero()[:, 0])
        return dict(zip(tasks.names, found.split([len(task) for task in tasks], 1), strict=True))


def combine(
    tasks: TaskSet,
    methods: Mapping[str, str],
    train: Evidence,
    held: Evidence,
    crossed: Mapping[str, Scores] | None = None,
) -> Combination:
    """Return how base models are combined.

    Classes and tags: a weighted mean of scores, by the loss on held-out samples. Dimensions: the base models, and a
    ridge regression from the mean scores of classes and tags (stacking), each brought to the scale of the training
    targets, then weighed by CCC or mean squared error; the result is brought to that scale again.

    Args:
        tasks: The tasks.
        methods: Dimensional task -> ``moments`` or ``regression``, see :mod:`gcnlabel.calibration`; others keep their
            scale, and are judged by CCC.
        train: Training samples.
        held: Held-out samples.
        crossed: Base model -> dimensional task -> scores of training samples by a model that was trained without their
            targets, NaN elsewhere [N, dimensions]. They are held-out samples too then.
    """
    names, size = list(train.scores), tasks.num_labels
    discrete = [task for task in tasks if task.discrete]
    labels = sum(len(task) for task in discrete)
    found = Combination(torch.zeros(len(names), size), torch.zeros(size - labels, labels), torch.zeros(size))
    for task in discrete:
        weights = _of_discrete(task, held, found)
        found.mix[:, tasks.slice_of(task.name)] = torch.from_numpy(weights).float()[:, None]
    row = 0
    for task in tasks:
        if not task.discrete:
            parts = _Dimensions(task, methods.get(task.name), names, train, held, crossed)
            parts.add_stacking(_mixed(train, discrete, found), _mixed(held, discrete, found))
            parts.combine_into(found, tasks.slice_of(task.name), row)
            row += len(task)
    return found


def _mixed(of: Evidence, discrete: Sequence[Task], found: Combination) -> Floats:
    """Return the combined scores of all classes and tags, [N, K]."""
    columns = []
    for task in discrete:
        parts = [weight * of.scores[name][task.name] for name, weight in found.weights[task.name].items()]
        columns.append(torch.stack(parts).sum(0))
    rows = len(next(iter(of.targets.values())))
    return torch.cat(columns, 1).double().numpy() if columns else np.zeros((rows, 0))


def _of_discrete(task: Task, held: Evidence, found: Combination) -> Floats:
    """Return the weight of each base model in a task of classes or tags."""
    loss, target = make_loss(task, "default"), held.targets[task.name]
    scores = {name: of[task.name] for name, of in held.scores.items()}
    stacked = torch.stack(list(scores.values()))

    def value(weights: Floats) -> float:
        return -float(loss((torch.from_numpy(weights).float()[:, None, None] * stacked).sum(0), target))

    seen = int((~torch.isnan(target)).all(1).sum() if target.ndim == 2 else (target >= 0).sum())
    weights = shrunk(greedy(value, len(scores)), seen / (seen + DOUBT[True]))
    found.weights[task.name] = dict(zip(scores, weights.tolist(), strict=True))
    alone = {name: value(np.eye(len(scores))[m]) for m, name in enumerate(scores)}
    found.values[task.name] = {**alone, "ensemble": value(weights)}
    return weights


def greedy(value: Callable[[Floats], float], models: int, rounds: int = ROUNDS) -> Floats:
    """Return the weights of base models [M]: each round adds the one that helps most, with repetition.

    Args:
        value: Of weights, the higher the better.
        models: M.
        rounds: Their number.

    Example:
        >>> greedy(lambda w: -abs(w[0] - 0.7), 2).tolist()
        [0.7, 0.3]
    """
    count = np.zeros(models)
    for taken in range(1, rounds + 1):
        values = [value((count + one) / taken) for one in np.eye(models)]
        finite = np.nan_to_num(np.array(values, dtype=np.float64), nan=-np.inf)
        count[int(finite.argmax())] += 1
    weights: Floats = count / rounds
    return weights


def shrunk(weights: Floats, trust: float) -> Floats:
    """Return ``trust * weights + (1 - trust) / M``."""
    return trust * weights + (1 - trust) / len(weights)


class _Dimensions:
    """The base models of one dimensional task, dimension by dimension."""

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
        """Add the ridge regression from the scores of classes and tags, [N, K]; none where there are none of them."""
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
        """Write what is found for labels at a place of all, whose first is this dimension of all."""
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
        """Return slope and offset that bring a base model to the scale of the targets."""
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
        """Return slope and offset that bring the weighted mean to the scale of the targets."""
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
    """Return the CCC, or the negative mean squared error where regression is asked for."""
    apart = float(((x - y) ** 2).mean())
    if by == "regression":
        return -apart
    spread = x.var() + y.var() + (x.mean() - y.mean()) ** 2
    return 1 - apart / float(spread) if spread > 0 else 0.0
