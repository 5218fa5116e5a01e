"""Train the base models of an ensemble again, with the selected learning rates and weights."""

from __future__ import annotations

from dataclasses import dataclass

from gcnlabel.config import Config
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.heads import EnsembleHead
from gcnlabel.run.data import RunData
from gcnlabel.run.ensembles.combination import Combination
from gcnlabel.run.ensembles.fitting import Fitted, assembled, trial_of
from gcnlabel.run.side_by_side import fit_trials


@dataclass(frozen=True)
class Selected:
    """Result of the selection of an ensemble on held-out samples, without models and data.

    Attributes:
        factors: Base model -> best learning rate as a factor of the config's; diverged base models are missing.
        combination: Weights of the base models.
    """

    factors: dict[str, float]
    combination: Combination

    @classmethod
    def of(cls, fitted: Fitted, config: Config) -> Selected:
        """Return the result of the selection of a fitted ensemble."""
        rate = config.optimizer.lr
        return cls({name: trial.rate / rate for name, trial in fitted.trials.items()}, fitted.combination)


def refitted(
    config: Config,
    data: RunData,
    graph: LabelGraph | None,
    selected: Selected,
    start: MultiTaskModel | None = None,
    **bounds: int | None,
) -> MultiTaskModel | None:
    """Return an ensemble whose base models are trained on other data at the selected rates; None if one diverged.

    Args:
        config: The config of the ensemble.
        data: The data, e.g. all samples after a hold-out; its split ``val`` selects the epochs.
        graph: The label graph, for the base models that have one.
        selected: Selected rates and weights, which are not changed.
        start: Ensemble whose base models continue training; None to initialize them anew.
        bounds: ``min_steps`` or ``max_steps`` instead of the config's.
    """
    rates = {name: factor * config.optimizer.lr for name, factor in selected.factors.items()}
    trials = {name: trial_of(config, data, name, graph, rate) for name, rate in rates.items()}
    if start is not None:
        for name, trial in trials.items():
            _start_from(trial.model, start, name)
    fit_trials(config, [*trials.values()], lambda trained: None, **bounds)
    if not all(trial.epoch for trial in trials.values()):
        return None
    model = assembled(config, data, graph, trials, selected.combination)
    if start is not None:
        _take_scales(model, start)
    return model


def _start_from(model: MultiTaskModel, start: MultiTaskModel, name: str) -> None:
    """Copy the parameters and scaling of a base model from an ensemble."""
    assert isinstance(start.head, EnsembleHead)
    model.head.load_state_dict(start.head.members[name].state_dict())
    _take_scales(model, start)


def _take_scales(model: MultiTaskModel, start: MultiTaskModel) -> None:
    """Copy the scaling of features and values from another model."""
    model.backbone.load_state_dict(start.backbone.state_dict())
    model.units.load_state_dict(start.units.state_dict())
