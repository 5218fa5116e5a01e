"""Training of an estimator's model; imported when an estimator is fitted."""

from __future__ import annotations

import torch

from gcnlabel.config import Config
from gcnlabel.errors import InputError
from gcnlabel.estimators.graph import head_and_graph
from gcnlabel.estimators.hyper_parameters import config_of
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel
from gcnlabel.run.build import build_model
from gcnlabel.run.data import Part, RunData
from gcnlabel.run.default_head import is_side_by_side
from gcnlabel.run.ensembles.fitting import fit_ensemble, refitted
from gcnlabel.run.loaders import batch_plan
from gcnlabel.run.side_by_side import fit_trials, make_trial

SELECTING = 0.1
"""Fraction of samples that an ensemble holds out for selection."""
__all__ = ["SELECTING", "Part", "RunData", "config_of", "head_and_graph", "trained_model"]


def trained_model(
    config: Config,
    data: RunData,
    graph: LabelGraph | None,
    samples: float,
    seed: int,
    whole: tuple[Part, int] | None = None,
) -> MultiTaskModel:
    """Return the trained model in double precision, so that scores do not depend on the other samples of a batch.

    Args:
        config: Config of the estimator, with its head resolved.
        data: Splits ``train`` and ``val``, with samples repeated by weight.
        graph: Label graph of the head, or None.
        samples: Number of samples, without copies, for the number of batches.
        seed: Seed of initialization, order and dropout.
        whole: All samples and their number, for a second training of an ensemble on all samples; None for no second
            training.

    Raises:
        InputError: The loss is not finite after any epoch.
    """
    torch.default_generator.manual_seed(seed)
    steps = _steps(config, samples)
    if is_side_by_side(config, data.parts["train"]):
        fitted = fit_ensemble(config, data, graph, min_steps=steps, max_steps=steps)
        if whole is None:
            return fitted.model.double()
        part, steps = whole[0], _steps(config, whole[1])
        everything = RunData(data.tasks, {"train": part, "val": part})
        return refitted(config, everything, graph, fitted, min_steps=steps, max_steps=steps).double()
    trial = make_trial(config, data, build_model(config, data, graph))
    fit_trials(config, [trial], min_steps=steps, max_steps=steps)
    if not trial.epoch:
        raise InputError(
            "the loss is not finite after any epoch", fix="use a smaller learning_rate, or scale the features"
        )
    return trial.model.double()


def _steps(config: Config, samples: float) -> int:
    """Return the number of batches."""
    return config.training.epochs * len(batch_plan(config).batches(max(round(samples), 1)))
