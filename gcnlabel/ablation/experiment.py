"""Every head at every amount of annotation, with the same recipe, budget and grid: what a label graph is worth."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gcnlabel.ablation.candidates import DEFAULT, LINEAR, STACKING, Candidate, candidates
from gcnlabel.ablation.fitting import Member, fit, scores
from gcnlabel.ablation.main_metrics import mean_main_metric
from gcnlabel.ablation.regimes import Regime
from gcnlabel.ablation.stacking import stack
from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import GcnlabelWarning
from gcnlabel.nn.adjacency import MOST_DENSE
from gcnlabel.processes import unordered
from gcnlabel.run.data import RunData
from gcnlabel.run.evaluation import measure, tag_thresholds
from gcnlabel.run.weighting import check_fixed_weights
from gcnlabel.tasks import Dimensional

Progress = Callable[[int, int], None]
Found = dict[str, Any]

IMAGES_AT_ONCE = 1
"""Models of image backbones that are trained together: their activations are large."""


@dataclass(frozen=True)
class Budget:
    """What every head may spend.

    Attributes:
        seeds: Each draws the samples of the regime, the weights and the order anew; heads are paired by it.
        rates: Grid of learning rates; for each head and seed the one that is best on the val part is reported.
        steps: Batches, at any amount of annotation.
    """

    seeds: Sequence[int]
    rates: Sequence[float] = (0.001, 0.003, 0.01)
    steps: int = 300


@dataclass(frozen=True)
class Job:
    """One head to measure: on the data of each seed, with the budget."""

    candidate: Candidate
    datas: Sequence[RunData]
    budget: Budget


def ablate(
    config: Config,
    data: RunData,
    regimes: Sequence[Regime],
    budget: Budget,
    *,
    workers: int | None = 1,
    progress: Progress = lambda done, total: None,
    keep: Callable[[Found], None] = lambda results: None,
) -> Found:
    """Train every candidate head in every regime and return what it reaches on the test part.

    Args:
        config: The recipe: data, backbone, loss, optimizer, size of the batches. Its head does not matter, and images
            are not augmented.
        data: The data of the config.
        regimes: Amounts of annotation.
        budget: Seeds, grid and steps.
        workers: Processes that train, each a head on one processor; None for one a processor, 1 for this one alone.
        progress: Called with the number of heads trained, and of all.
        keep: Called with the results so far after each regime.

    Returns:
        Plain values: ``regimes``, name -> ``default`` (the head that the default stands for, by the first seed's
        samples) and ``heads``, name -> ``metrics`` (``task/metric`` -> value of each seed), ``val`` (None where every
        rate diverged) and ``rate`` of each seed; for stacking, those of the linear head that it stands on.

    Raises:
        InputError: A regime leaves too few samples, there is no such task, or the weights of the tasks are not fixed;
            found before anything is trained.
    """
    check_fixed_weights(config)
    for regime in regimes:
        regime.thin(data, budget.seeds[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # few samples lack labels and edges, again for every head
        return _ablated(config, data, regimes, budget, workers, progress, keep)


def _ablated(
    config: Config,
    data: RunData,
    regimes: Sequence[Regime],
    budget: Budget,
    workers: int | None,
    progress: Progress,
    keep: Callable[[Found], None],
) -> Found:
    results: Found = {"seeds": list(budget.seeds), "rates": list(budget.rates), "steps": budget.steps, "regimes": {}}
    total, done = 0, 0
    for regime in regimes:
        thinned = [regime.thin(data, seed) for seed in budget.seeds]
        todo = candidates(config, thinned[0])
        total = total or len(todo) * len(regimes)
        default = next(c for c in todo if c.name == DEFAULT).config.model.head
        jobs = [Job(c, thinned, budget) for c in todo if c.name != DEFAULT or default.has_graph]
        heads: Found = {}
        for _, found in unordered(_measured if workers == 1 else _measured_elsewhere, jobs, workers):
            heads |= found
            done += 1
            progress(min(done, total), total)
        if DEFAULT not in heads:
            heads[DEFAULT] = heads[LINEAR]  # that is what it stands for here
        order = [LINEAR, STACKING, *(c.name for c in todo)]
        in_order = {name: heads[name] for name in dict.fromkeys(order) if name in heads}
        results["regimes"][str(regime)] = {"default": default.model_dump(), "heads": in_order}
        keep(results)
    progress(total, total)
    return results


def _measured_elsewhere(job: Job) -> Found:
    """Return the results of a head in a process beside others."""
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        return _measured(job)


def _measured(job: Job) -> Found:
    """Return the results of a head, and of stacking behind the linear one."""
    candidate, datas, budget = job.candidate, job.datas, job.budget
    members = []
    for data, seed in zip(datas, budget.seeds, strict=True):
        model = candidate.model(data, seed)
        members += [Member(copy.deepcopy(model), data, rate, seed) for rate in budget.rates]
    at_once = _at_once(datas[0], len(members))
    for start in range(0, len(members), at_once):
        fit(candidate.config, members[start : start + at_once], budget.steps, _mean)
    grid = len(budget.rates)
    best = [max(members[s : s + grid], key=lambda m: m.value) for s in range(0, len(members), grid)]
    tune = candidate.config.evaluate.tune_thresholds
    found = {candidate.name: _summary(best, [scores(m.model, m.data.parts["test"].inputs) for m in best], tune)}
    if candidate.name == LINEAR and _can_stack(datas[0]):
        found[STACKING] = _summary(best, [_stacked(m) for m in best], tune)
    return found


def _mean(data: RunData, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    return mean_main_metric(data.tasks, scores, targets)


def _summary(members: Sequence[Member], tests: Sequence[Mapping[str, Tensor]], tune: bool) -> Found:
    metrics: dict[str, list[float]] = {}
    for member, test in zip(members, tests, strict=True):
        thresholds = _thresholds(member) if tune else None
        for task, values in measure(member.data, test, _targets(member.data, "test"), thresholds).items():
            for name, value in values.items():
                if isinstance(value, float):
                    metrics.setdefault(f"{task}/{name}", []).append(value)
    val = [m.value if math.isfinite(m.value) else None for m in members]
    return {"metrics": metrics, "val": val, "rate": [m.rate for m in members]}


def _thresholds(member: Member) -> dict[str, Tensor]:
    """Return thresholds of tags, tuned on the val part as the config's evaluation tunes them."""
    part = member.data.parts["val"]
    return tag_thresholds(member.data.tasks, scores(member.model, part.inputs), _targets(member.data, "val"))


def _stacked(member: Member) -> dict[str, Tensor]:
    parts = {part: scores(member.model, member.data.parts[part].inputs) for part in ("train", "val", "test")}
    return stack(member.data.tasks, parts, {part: _targets(member.data, part) for part in ("train", "val")})


def _targets(data: RunData, part: str) -> dict[str, Tensor]:
    return targets_to_tensors(data.parts[part].annotations)


def _can_stack(data: RunData) -> bool:
    dimensional = [isinstance(task, Dimensional) for task in data.tasks]
    return any(dimensional) and not all(dimensional)


def _at_once(data: RunData, members: int) -> int:
    """Return how many members are stacked: all for features and few labels, one where Â is sparse or inputs large."""
    features = torch.as_tensor(data.parts["train"].inputs[:1]).dim() == 2
    return members if features and data.tasks.num_labels <= MOST_DENSE else IMAGES_AT_ONCE
