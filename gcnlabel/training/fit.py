"""Train many small models at once, with the same results as training each with Lightning."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from gcnlabel.data import targets_to_tensors
from gcnlabel.training.ensemble import Ensemble
from gcnlabel.training.plan import BatchPlan
from gcnlabel.training.predict import portions, predict
from gcnlabel.training.selection import Selection
from gcnlabel.training.steps import EACH_BATCH, Steps
from gcnlabel.training.trial import Augment, Planned, Trial, batches_of, groups_of, planned_trials


def fit(
    trials: Sequence[Trial],
    plan: BatchPlan,
    selection: Selection,
    optimizer: Callable[[list[dict[str, Any]]], Optimizer],
    schedule: Callable[[float], float] = lambda epochs: 1.0,
    augment: Augment | None = None,
    progress: Callable[[int], None] = lambda trained: None,
    steps: Steps = EACH_BATCH,
) -> None:
    """Train models with the results of separate Lightning trainings; each ends with the weights of its selected epoch.

    Models of one architecture are trained together, in any order of the trials.

    Args:
        trials: The models.
        plan: Epochs and batches; each trial has its own seed.
        selection: Selection of the epoch, on ``held_out``.
        optimizer: Function from groups of parameters, each with its ``lr``, to an elementwise optimizer such as SGD or
            AdamW.
        schedule: Factor of the learning rates as a function of the completed epochs.
        augment: Applied to batches of training inputs.
        progress: Called with the number of models that were trained together.
        steps: Clipping and accumulation of gradients.
    """
    for group in groups_of(planned_trials(trials, plan, augment)):
        trials = [p.trial for p in group]
        made = ([t.model for t in trials], [t.loss for t in trials], [t.rate for t in trials], optimizer, steps)
        _fit_group(group, Ensemble(*made), selection, schedule)
        progress(len(group))


def _fit_group(
    group: Sequence[Planned], ensemble: Ensemble, selection: Selection, schedule: Callable[[float], float]
) -> None:
    trials = [p.trial for p in group]
    held_out = [targets_to_tensors(trial.held_out.annotations) for trial in trials]
    plan, batches = group[0].batches.plan, len(group[0].batches)
    accumulate = ensemble.steps.accumulate
    steps = math.ceil(batches / accumulate)
    patience = plan.epochs if plan.patience is None else plan.patience
    for epoch in range(plan.epochs):
        for number, batch in enumerate(batches_of(group, epoch)):
            done = epoch + number // accumulate / steps
            ensemble.step(*batch, schedule(done), last=number == batches - 1)
        _select(ensemble, trials, held_out, selection, epoch, patience)
        if all(epoch + 1 - trial.epoch >= patience for trial in trials):
            break
    for trial in trials:
        trial.model.eval()


def _select(
    ensemble: Ensemble,
    trials: Sequence[Trial],
    held_out: Sequence[dict[str, Tensor]],
    selection: Selection,
    epoch: int,
    patience: int,
) -> None:
    """Keep the weights of each model if this epoch is its best so far and it has not stopped."""
    found = predict(ensemble.scores, portions(trials[0].held_out.inputs), dim=1)
    for m, (trial, targets) in enumerate(zip(trials, held_out, strict=True)):
        scores = {name: of_all[m] for name, of_all in found.items()}
        if epoch - trial.epoch >= patience or not all(values.isfinite().all() for values in scores.values()):
            continue  # ranking metrics would be finite even for scores that diverged
        value = selection.value(trial.loss, trial.model.head.tasks, scores, targets)
        trial.history.append(value)
        if value > trial.value:
            trial.value, trial.epoch = value, epoch + 1
            ensemble.copy_to(m, trial.model)
