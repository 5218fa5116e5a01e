"""An ensemble's base models trained once more, at the rates and with the weights that were selected."""

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
    """What is selected of an ensemble on held-out samples, without the models and their data.

    Attributes:
        factors: Base model -> its best learning rate, as a factor of the config's; without those that diverged.
        combination: How they are combined.
    """

    factors: dict[str, float]
    combination: Combination

    @classmethod
    def of(cls, fitted: Fitted, config: Config) -> Selected:
        """Return what was selected of an ensemble that was fitted by a config."""
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
    """Return an ensemble whose base models are trained at their selected rates on other data; None if one diverged.

    Args:
        config: The config of the ensemble.
        data: The data, as all samples after some of them were held out; its split ``val`` selects the epochs.
        graph: The label graph, for the base models that have one.
        selected: Rates and combination, which are kept.
        start: The ensemble whose base models go on being trained; None to draw them anew.
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
    """Give a base model the weights and scales that it has in an ensemble."""
    assert isinstance(start.head, EnsembleHead)
    model.head.load_state_dict(start.head.members[name].state_dict())
    _take_scales(model, start)


def _take_scales(model: MultiTaskModel, start: MultiTaskModel) -> None:
    """Let a model scale features and values as another does."""
    model.backbone.load_state_dict(start.backbone.state_dict())
    model.units.load_state_dict(start.units.state_dict())
