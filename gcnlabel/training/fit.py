"""Training many small models side by side, by the rules by which Lightning trains one."""

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
    """Train models, each as Lightning would train it alone, and leave each with the weights of its selected epoch.

    Those that can be trained as one are, whatever their order.

    Args:
        trials: The models.
        plan: Epochs and batches; each trial has its own seed.
        selection: What selects the epoch, on ``held_out``.
        optimizer: Makes the optimizer from groups of parameters, each with its ``lr``; it must treat each number alone,
            as SGD and AdamW do.
        schedule: Factor of the learning rates as a function of the epochs done.
        augment: Applied to batches of training inputs.
        progress: Called with the number of models that were trained together.
        steps: What a step of the optimizer is made of.
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
    """Keep the weights of each model whose epoch is the best so far, and that has not stopped before."""
    found = predict(ensemble.scores, portions(trials[0].held_out.inputs), dim=1)
    for m, (trial, targets) in enumerate(zip(trials, held_out, strict=True)):
        scores = {name: of_all[m] for name, of_all in found.items()}
        if epoch - trial.epoch >= patience or not all(values.isfinite().all() for values in scores.values()):
            continue  # metrics of ranks would be numbers even where it diverged
        value = selection.value(trial.loss, trial.model.head.tasks, scores, targets)
        trial.history.append(value)
        if value > trial.value:
            trial.value, trial.epoch = value, epoch + 1
            ensemble.copy_to(m, trial.model)
