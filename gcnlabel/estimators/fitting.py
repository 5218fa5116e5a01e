"""Training of an estimator's model; imported when an estimator is fitted."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.estimators.graph import head_and_graph
from gcnlabel.estimators.hyper_parameters import config_of
from gcnlabel.estimators.prepared import Prepared, prepared
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.modes import with_modes_of
from gcnlabel.run.build import build_model
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import is_side_by_side
from gcnlabel.run.ensembles.fitting import fit_ensemble
from gcnlabel.run.ensembles.refitting import Selected, refitted
from gcnlabel.run.loaders import batch_plan
from gcnlabel.run.side_by_side import fit_trials, make_trial

NOT_FINITE = "the loss is not finite after any epoch"
__all__ = ["Trained", "config_of", "head_and_graph", "prepared", "trained_model"]


@dataclass(frozen=True)
class Trained:
    """Result of a training, which another one can continue.

    Attributes:
        model: The model.
        selected: Result of the selection of an ensemble on held-out samples; None for a single head.
    """

    model: MultiTaskModel
    selected: Selected | None = None


def trained_model(
    config: Config, prepared: Prepared, graph: LabelGraph | None, seed: int, start: Trained | None = None
) -> Trained:
    """Return the trained model in double precision, so that scores do not depend on the other samples of a batch.

    Args:
        config: Config of the estimator, with its head resolved.
        prepared: Its data.
        graph: Label graph of the head, or None.
        seed: Seed of weights, order and dropout.
        start: Training to continue; an ensemble keeps the rates and weights of its base models. None for a new one.

    Raises:
        InputError: The loss is not finite after any epoch.
    """
    torch.default_generator.manual_seed(seed)
    data = prepared.data
    if is_side_by_side(config, data.parts["train"]):
        return _trained_ensemble(config, prepared, graph, start)
    trial = make_trial(config, data, build_model(config, data, graph))
    if start is not None:
        trial.model = with_modes_of(trial.model, copy.deepcopy(start.model).float())
    steps = _steps(config, prepared.samples)
    fit_trials(config, [trial], min_steps=steps, max_steps=steps)
    if not trial.epoch:
        raise InputError(NOT_FINITE, fix="a smaller learning_rate, or scaled features")
    return Trained(trial.model.double())


def _trained_ensemble(config: Config, prepared: Prepared, graph: LabelGraph | None, start: Trained | None) -> Trained:
    """Return an ensemble, selected on held-out samples or continued, that is finally trained on all samples."""
    data, whole, steps = prepared.data, prepared.whole, _steps(config, prepared.samples)
    if start is None:
        fitted = fit_ensemble(config, data, graph, min_steps=steps, max_steps=steps)
        model, selected = fitted.model, Selected.of(fitted, config)
    else:
        assert start.selected is not None
        model, selected = start.model, start.selected
    if whole is not None:
        part, steps = whole[0], _steps(config, whole[1])
        data = RunData(data.tasks, {"train": part, "val": part})
    if whole is not None or start is not None:
        of = None if start is None else model
        again = refitted(config, data, graph, selected, of, min_steps=steps, max_steps=steps)
        if again is None and start is not None:
            raise InputError(NOT_FINITE, fix="a smaller learning_rate, or scaled features")
        model = model if again is None else again
    return Trained(model.double(), selected)


def _steps(config: Config, samples: float) -> int:
    """Return the number of batches."""
    return config.training.epochs * len(batch_plan(config).batches(max(round(samples), 1)))
