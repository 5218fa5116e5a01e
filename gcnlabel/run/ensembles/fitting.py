"""An ensemble's base models, trained side by side, and combined."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import GcnlabelWarning, InputError
from gcnlabel.graph import LabelGraph
from gcnlabel.nn import MultiTaskModel
from gcnlabel.nn.heads import EnsembleHead, HeadPart
from gcnlabel.run.build import build_model, build_units
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import Part, RunData
from gcnlabel.run.default_head import IDENTITY, with_head
from gcnlabel.run.ensembles.combining import Combination, Evidence, combine
from gcnlabel.run.ensembles.crossing import FOLDS, folds, is_crossed, without
from gcnlabel.run.graph import graph_or_loops, with_adjacency
from gcnlabel.run.side_by_side import check_side_by_side, fit_trials, make_trial
from gcnlabel.training import Trial, portions, predict

FACTORS = (1 / 3, 1.0, 3.0)
"""Learning rates that are tried, as factors of the config's."""
EXTENSIONS = 2
"""How often rates beyond the best one are tried, where that is the lowest or highest."""
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

    best = _tuned(config, data, {name: (head, graph) for name, head in heads.items()}, count, bounds)
    left_out = _crossed(config, data, best, count, bounds) if crossed else None
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


def _tuned(
    config: Config,
    data: RunData,
    heads: Mapping[str, tuple[HeadPart, LabelGraph | None]],
    count: Callable[[int], None],
    bounds: Mapping[str, int | None],
) -> dict[str, Trial]:
    """Return the trial of the best rate of each base model; rates are extended where the best is at an edge."""
    trials: dict[str, list[Trial]] = {name: [] for name in heads}
    rates = {name: [config.optimizer.lr * factor for factor in FACTORS] for name in heads}
    for _ in range(1 + EXTENSIONS):
        new = [_trial(config, data, name, *heads[name], rate) for name, of in rates.items() for rate in of]
        fit_trials(config, new, count, **bounds)
        for trial in new:
            trials[str(trial.kind)].append(trial)
        best = {name: max(of, key=lambda trial: (trial.value, -trial.rate)) for name, of in trials.items()}
        rates = {name: _beyond([trial.rate for trial in of], best[name].rate) for name, of in trials.items()}
        if not any(rates.values()):
            break
    found = {name: trial for name, trial in best.items() if trial.epoch}
    if not found:
        raise InputError("every base model diverged", fix="a smaller optimizer.lr; features that are scaled")
    return found


def _beyond(rates: Sequence[float], best: float) -> list[float]:
    """Return the rate beyond the best one, where that is the lowest or the highest.

    Example:
        >>> _beyond([0.1, 0.3, 1.0], 1.0), _beyond([0.1, 0.3, 1.0], 0.3)
        ([3.0], [])
    """
    return [best * 3] if best == max(rates) else [best / 3] if best == min(rates) else []


def _trial(config: Config, data: RunData, name: str, head: HeadPart, graph: LabelGraph | None, rate: float) -> Trial:
    torch.manual_seed(config.seed)
    own = with_head(config, head, config.graph)
    return make_trial(own, data, build_model(own, data, graph if head.has_graph else None), rate=rate, kind=name)


def _crossed(
    config: Config,
    data: RunData,
    best: Mapping[str, Trial],
    count: Callable[[int], None],
    bounds: Mapping[str, int | None],
) -> dict[str, dict[str, Tensor]]:
    """Return base model -> task -> scores of training samples by models without their targets, NaN elsewhere."""
    fold = folds(data, config.seed)
    heads: dict[str, HeadPart] = config.model.head.options["of"]
    trials = []
    for part in without(data, fold):
        graph = _dense(config, part) if config.model.head.has_graph else None
        trials += [_trial(config, part, name, heads[name], graph, trial.rate) for name, trial in best.items()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        fit_trials(config, trials, count, **bounds)
    found = {name: {task: np.full(of.shape, np.nan) for task, of in fold.items()} for name in best}
    for place, trial in enumerate(trials):
        scores = standard_scores(trial.model, data.parts["train"])
        for task, of in fold.items():
            here = of == place // len(best)
            found[str(trial.kind)][task][here] = scores[task].numpy()[here]
    return {name: {task: torch.from_numpy(of) for task, of in of_name.items()} for name, of_name in found.items()}


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
