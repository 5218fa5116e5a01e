"""An ensemble's base models, trained side by side, and combined."""

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
from gcnlabel.run.data import Part, RunData
from gcnlabel.run.default_head import IDENTITY, with_head
from gcnlabel.run.ensembles.combining import Combination, Evidence, combine
from gcnlabel.run.ensembles.crossing import FOLDS, is_crossed, left_out_scores
from gcnlabel.run.graph import graph_or_loops, with_adjacency
from gcnlabel.run.side_by_side import check_side_by_side, make_trial, tuned
from gcnlabel.training import Trial, portions, predict

FACTORS = (1 / 3, 1.0, 3.0)
"""Learning rates that are tried, as factors of the config's."""
MIN_STEPS = 300
"""Batches of every training, at least."""
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


def is_side_by_side(config: Config, data: RunData) -> bool:
    """Return whether base models share nothing that is trained: each can have a rate and an epoch of its own."""
    features = data.parts["train"].inputs.ndim == 2
    return config.model.head.name == "ensemble" and config.model.backbone.name == IDENTITY and features


def fit_ensemble(
    config: Config,
    data: RunData,
    graph: LabelGraph | None,
    progress: Progress = lambda done, total: None,
    **bounds: int | None,
) -> Fitted:
    """Train every base model at several rates, select rate and epoch of each on held-out samples, and combine them.

    Where few targets of a dimension are held out, its training targets are left out in turn as well: each base model
    is trained again without them, at its rate.

    Args:
        config: Its head is an ensemble, on features.
        data: The data; its test split is not looked at.
        graph: The label graph, for the base models that have one.
        progress: Called with the number of models trained, and of all, as far as it is known.
        bounds: ``min_steps`` or ``max_steps`` instead of the config's.

    Raises:
        InputError: The config asks for what models side by side do not follow, or every base model diverged.
    """
    check_side_by_side(config)
    bounds = {"min_steps": max(MIN_STEPS, config.training.min_steps), **bounds}
    heads: dict[str, HeadPart] = config.model.head.options["of"]
    crossed, done = is_crossed(data), 0
    total = len(heads) * (len(FACTORS) + crossed * FOLDS)

    def count(trained: int) -> None:
        nonlocal done
        done += trained
        progress(min(done, total), total)

    def maker(name: str) -> Callable[[float], Trial]:
        return lambda rate: _trial(config, data, name, graph, rate)

    rates = [config.optimizer.lr * factor for factor in FACTORS]
    best = tuned(config, {name: maker(name) for name in heads}, rates, count, **bounds)
    best = {name: trial for name, trial in best.items() if trial.epoch}
    if not best:
        raise InputError("every base model diverged", fix="a smaller optimizer.lr; features that are scaled")
    left_out = _left_out(config, data, best, count, **bounds) if crossed else None
    parts = (data.parts["train"], data.parts["val"])
    methods, units = calibration_methods(config, data.tasks), build_units(config, data)
    train, held = (
        Evidence(
            {name: standard_scores(trial.model, part) for name, trial in best.items()},
            units.standardized(targets_to_tensors(part.annotations)),
        )
        for part in parts
    )
    found = combine(data.tasks, methods, train, held, left_out)
    progress(total, total)
    return Fitted(_assembled(config, data, graph, best, found), found, best)


def standard_scores(model: MultiTaskModel, part: Part) -> dict[str, Tensor]:
    """Return the scores of each task for the samples of a part, those of dimensions in standard units."""
    return predict(model.standard_scores, portions(part.inputs))


def _trial(config: Config, data: RunData, name: str, graph: LabelGraph | None, rate: float) -> Trial:
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
        return lambda part: _trial(config, part, name, graph_of(part), rate)

    return left_out_scores(config, data, {name: maker(name, t.rate) for name, t in best.items()}, count, **bounds)


def _dense(config: Config, data: RunData) -> LabelGraph:
    """Return the graph of a fold with all L² edges, so that models of all folds can be trained as one."""
    graph = graph_or_loops(config, data)
    return with_adjacency(graph, graph.adjacency())


def _assembled(
    config: Config, data: RunData, graph: LabelGraph | None, best: Mapping[str, Trial], found: Combination
) -> MultiTaskModel:
    model = build_model(config, data, graph)
    head = model.head
    assert isinstance(head, EnsembleHead)
    places = [head.names.index(name) for name in best]  # a base model that diverged has no weight
    for name, trial in best.items():
        head.members[name].load_state_dict(trial.model.head.state_dict())
    head.take(found.mix, found.stacked, found.offset, places)
    return model.eval()
