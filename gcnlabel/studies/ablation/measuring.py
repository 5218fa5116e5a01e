"""One head in one regime: trained at every learning rate and seed, the best rate of each seed measured."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.evaluation import measure, tag_thresholds
from gcnlabel.run.loaders import selection
from gcnlabel.run.side_by_side import fit_trials, make_trial
from gcnlabel.studies.ablation.candidates import LINEAR, STACKING, Candidate
from gcnlabel.studies.ablation.stacking import stack
from gcnlabel.training import Trial, portions, predict

Found = dict[str, Any]


@dataclass(frozen=True)
class Budget:
    """What every head may spend.

    Attributes:
        seeds: Each draws the samples of the regime, the weights and the order anew; heads are paired by it.
        rates: Grid of learning rates; for each head and seed the one that is best on the val part is reported.
        min_steps: Batches that the epochs of the config are, at least, at any amount of annotation.
    """

    seeds: Sequence[int]
    rates: Sequence[float] = (0.001, 0.003, 0.01)
    min_steps: int = 300


@dataclass(frozen=True)
class Job:
    """One head to measure: on the data of each seed, with the budget."""

    candidate: Candidate
    datas: Sequence[RunData]
    budget: Budget


@dataclass(frozen=True)
class Scored:
    """What a trained head says of the val and the test part.

    Attributes:
        trial: The head; where its scores are not its own, only its data and rate matter.
        data: Its data.
        value: What selects, on the val part; -inf where it diverged.
        val: Scores of each task for the val part.
        test: Those for the test part.
    """

    trial: Trial
    data: RunData
    value: float
    val: Mapping[str, Tensor]
    test: Mapping[str, Tensor]


T = TypeVar("T")


def measured(job: Job) -> Found:
    """Return the results of a head, and of stacking behind the linear one, each at its best learning rate."""
    start, seeds, config = time.perf_counter(), len(job.budget.seeds), job.candidate.config
    trials = trained(job)
    datas = [*job.datas] * (len(trials) // seeds)  # of each trial
    best = _best(list(zip(trials, datas, strict=True)), seeds, lambda pair: pair[0].value)
    found = {job.candidate.name: _summary([_scored(*pair) for pair in best], config.evaluate.tune_thresholds)}
    found[job.candidate.name]["seconds"] = round(time.perf_counter() - start, 1)
    if job.candidate.name == LINEAR and _can_stack(job.datas[0]):
        stacked = [_stacked(config, *pair) for pair in zip(trials, datas, strict=True)]
        best_stacked = _best(stacked, seeds, lambda run: run.value)
        found[STACKING] = _summary(best_stacked, config.evaluate.tune_thresholds)
    return found


def trained(job: Job) -> list[Trial]:
    """Return a trained model for each head of the candidate and, within it, each learning rate and each seed."""
    variants = job.candidate.variants()
    return [trial for place, each in enumerate(variants) for trial in _trials(each, job, place)]


def _trials(candidate: Candidate, job: Job, place: int) -> list[Trial]:
    config, pairs = candidate.config, list(zip(job.datas, job.budget.seeds, strict=True))
    drawn = [candidate.model(data, seed) for data, seed in pairs]
    trials = [
        make_trial(config, data, copy.deepcopy(model), rate=rate, seed=seed, kind=place)
        for rate in job.budget.rates
        for model, (data, seed) in zip(drawn, pairs, strict=True)
    ]
    fit_trials(config, trials, min_steps=max(job.budget.min_steps, config.training.min_steps))
    return trials


def _best(runs: Sequence[T], seeds: int, value: Callable[[T], float]) -> list[T]:
    """Return for each seed its best run; of equals, the one of the lowest rate."""
    return [max(runs[seed::seeds], key=value) for seed in range(seeds)]


def _scored(trial: Trial, data: RunData) -> Scored:
    val, test = (_scores(trial, data, part) for part in ("val", "test"))
    return Scored(trial, data, trial.value, val, test)


def _stacked(config: Config, trial: Trial, data: RunData) -> Scored:
    parts = {part: _scores(trial, data, part) for part in ("train", "val", "test")}
    targets = {part: _targets(data, part) for part in ("train", "val")}
    val, test = stack(data.tasks, parts, targets, calibration_methods(config, data.tasks))
    value = trial.value
    if math.isfinite(value):
        value = selection(config).value(trial.loss, data.tasks, val, targets["val"])
    return Scored(trial, data, value, val, test)


def _summary(runs: Sequence[Scored], tune: bool) -> Found:
    metrics: dict[str, list[float]] = {}
    for run in runs:
        data = run.data
        thresholds = tag_thresholds(data.tasks, run.val, _targets(data, "val")) if tune else None
        for task, values in measure(data, run.test, _targets(data, "test"), thresholds).items():
            for name, value in values.items():
                if isinstance(value, float):
                    metrics.setdefault(f"{task}/{name}", []).append(value)
    val = [run.value if math.isfinite(run.value) else None for run in runs]
    heads = [run.trial.kind for run in runs]  # places in the list that a config gives
    return {"metrics": metrics, "val": val, "rate": [run.trial.rate for run in runs], "head": heads}


def _scores(trial: Trial, data: RunData, part: str) -> dict[str, Tensor]:
    return predict(trial.model, portions(data.parts[part].inputs))


def _targets(data: RunData, part: str) -> dict[str, Tensor]:
    return targets_to_tensors(data.parts[part].annotations)


def _can_stack(data: RunData) -> bool:
    return len({task.discrete for task in data.tasks}) == 2
