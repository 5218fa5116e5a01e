"""Fit the weights of base models on held-out samples, and stack dimensions on the scores of classes and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch

from gcnlabel.losses import make_loss
from gcnlabel.run.ensembles.combination import Combination, Evidence, Scores
from gcnlabel.run.ensembles.dimensions import Dimensions
from gcnlabel.run.ensembles.selection import DOUBT, greedy, shrunk
from gcnlabel.tasks import Task, TaskSet

Floats = npt.NDArray[np.float64]


def combine(
    tasks: TaskSet,
    methods: Mapping[str, str],
    train: Evidence,
    held: Evidence,
    crossed: Mapping[str, Scores] | None = None,
) -> Combination:
    """Return the fitted combination of base models.

    Classes and tags: a weighted mean of scores, by the loss on held-out samples. Dimensions: the base models, and a
    ridge regression on the mean scores of classes and tags (stacking), each scaled to the training targets, then
    weighted by CCC or mean squared error; the result is scaled again.

    Args:
        tasks: The tasks.
        methods: Dimensional task -> ``moments`` or ``regression``, see :mod:`gcnlabel.calibration`; other dimensional
            tasks are not scaled, and weighted by CCC.
        train: Training samples.
        held: Held-out samples.
        crossed: Cross-fitted scores: base model -> dimensional task -> scores of training samples by a model trained
            without their targets, NaN elsewhere [N, dimensions]. They are used as further held-out samples.
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
            parts = Dimensions(task, methods.get(task.name), names, train, held, crossed)
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
    """Return the weight of each base model in a task of classes or tags, [M]."""
    loss, target = make_loss(task, "default"), held.targets[task.name]
    scores = {name: of[task.name] for name, of in held.scores.items()}
    stacked = torch.stack(list(scores.values()))

    def value(weights: Floats) -> float:
        return -float(loss((torch.from_numpy(weights).float()[:, None, None] * stacked).sum(0), target))

    seen = int((~torch.isnan(target)).sum(0).min() if target.ndim == 2 else (target >= 0).sum())
    weights = shrunk(greedy(value, len(scores)), seen / (seen + DOUBT[True]))
    found.weights[task.name] = dict(zip(scores, weights.tolist(), strict=True))
    alone = {name: value(np.eye(len(scores))[m]) for m, name in enumerate(scores)}
    found.values[task.name] = {**alone, "ensemble": value(weights)}
    return weights
