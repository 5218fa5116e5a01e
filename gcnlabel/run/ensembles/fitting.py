"""Train and combine the base models of an ensemble."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.heads import EnsembleHead, HeadPart
from gcnlabel.run.build import build_model, build_units
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.default_head import with_head
from gcnlabel.run.ensembles.combination import Combination, Evidence
from gcnlabel.run.ensembles.combining import combine
from gcnlabel.run.ensembles.crossing import FOLDS, is_crossed, left_out_scores
from gcnlabel.run.graph import graph_or_loops, with_adjacency
from gcnlabel.run.side_by_side import check_side_by_side, fit_trials, make_trial, tuned
from gcnlabel.training import Trial, portions, predict

FACTORS = (1 / 3, 1.0, 3.0)
"""Learning rates to try, as factors of the config's."""
MIN_STEPS = 300
"""Minimum number of batches of each training."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Fitted:
    """A trained ensemble.

    Attributes:
        model: The model, in evaluation mode.
        combination: How its base models are combined.
        trials: Base model -> its trial of the best rate.
    """

    model: MultiTaskModel
    combination: Combination
    trials: dict[str, Trial]


def fit_ensemble(
    config: Config,
    data: RunData,
    graph: LabelGraph | None,
    progress: Progress = lambda done, total: None,
    **bounds: int | None,
) -> Fitted:
    """Train every base model at several rates, select rate and epoch of each on held-out samples, and combine them.

    If few targets of a dimension are held out, its training targets are cross-fitted.

    Args:
        config: A config on features whose head is an ensemble.
        data: The data; its test split is not used.
        graph: The label graph, for the base models that have one.
        progress: Called with the number of trained models, and the (estimated) number of all.
        bounds: ``min_steps`` or ``max_steps`` instead of the config's.

    Raises:
        InputError: The config has a setting that batched training does not support, or every base model diverged.
    """
    check_side_by_side(config)
    bounds = {"min_steps": max(MIN_STEPS, config.training.min_steps), **bounds}
    crossed, done = is_crossed(data), 0
    total = len(config.model.head.options["of"]) * (len(FACTORS) + crossed * FOLDS)

    def count(trained: int) -> None:
        nonlocal done
        done += trained
        progress(min(done, total), total)

    best = _tuned(config, data, graph, count, bounds)
    left_out = _left_out(config, data, best, count, **bounds) if crossed else None
    train, held = (_evidence(config, data, best, split) for split in ("train", "val"))
    found = combine(data.tasks, calibration_methods(config, data.tasks), train, held, left_out)
    progress(total, total)
    return Fitted(assembled(config, data, graph, best, found), found, best)


def _tuned(
    config: Config,
    data: RunData,
    graph: LabelGraph | None,
    count: Callable[[int], None],
    bounds: Mapping[str, int | None],
) -> dict[str, Trial]:
    """Return the trial of each base model at its best rate, without those that diverged."""

    def maker(name: str) -> Callable[[float], Trial]:
        return lambda rate: trial_of(config, data, name, graph, rate)

    rates = [config.optimizer.lr * factor for factor in FACTORS]
    makers = {name: maker(name) for name in config.model.head.options["of"]}
    best = {n: trial for n, trial in tuned(config, makers, rates, count, **bounds).items() if trial.epoch}
    if not best:
        raise InputError("every base model diverged", fix="a smaller optimizer.lr, or standardised features")
    return best


def _evidence(config: Config, data: RunData, best: Mapping[str, Trial], split: str) -> Evidence:
    part, units = data.parts[split], build_units(config, data)
    scores = {name: standard_scores(trial.model, part) for name, trial in best.items()}
    return Evidence(scores, units.standardized(targets_to_tensors(part.annotations)))


def standard_scores(model: MultiTaskModel, part: SampleSet) -> dict[str, Tensor]:
    """Return the scores of each task for some samples, those of dimensions in standard units."""
    return predict(model.standard_scores, portions(part.inputs))


def trial_of(config: Config, data: RunData, name: str, graph: LabelGraph | None, rate: float) -> Trial:
    """Return a newly initialized base model of an ensemble, to be trained at a given rate."""
    head: HeadPart = config.model.head.options["of"][name]
    own = with_head(config, head, config.graph)
    torch.manual_seed(config.seed)
    return make_trial(own, data, build_model(own, data, graph if head.has_graph else None), rate=rate, kind=name)


def _left_out(
    config: Config, data: RunData, best: Mapping[str, Trial], count: Callable[[int], None], **bounds: int | None
) -> dict[str, dict[str, Tensor]]:
    graphs: dict[int, LabelGraph] = {}

    def graph_of(part: RunData) -> LabelGraph | None:
        if config.model.head.has_graph and id(part) not in graphs:
            graphs[id(part)] = _dense(config, part)
        return graphs.get(id(part))

    def maker(name: str, rate: float) -> Callable[[RunData], Trial]:
        return lambda part: trial_of(config, part, name, graph_of(part), rate)

    makers = {name: maker(name, trial.rate) for name, trial in best.items()}
    return left_out_scores(config, data, makers, lambda c, trials: fit_trials(c, trials, count, **bounds))


def _dense(config: Config, data: RunData) -> LabelGraph:
    """Return the graph of a fold with all L² edges, so that models of all folds can be trained together."""
    graph = graph_or_loops(config, data)
    return with_adjacency(graph, graph.adjacency())


def assembled(
    config: Config, data: RunData, graph: LabelGraph | None, best: Mapping[str, Trial], found: Combination
) -> MultiTaskModel:
    """Return the ensemble of trained base models."""
    model = build_model(config, data, graph)
    head = model.head
    assert isinstance(head, EnsembleHead)
    places = [head.names.index(name) for name in best]  # a base model that diverged has no weight
    for name, trial in best.items():
        head.members[name].load_state_dict(trial.model.head.state_dict())
    head.take(found.mix, found.stacked, found.offset, places)
    return model.eval()
