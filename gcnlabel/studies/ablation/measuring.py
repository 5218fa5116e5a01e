"""One head in one regime: trained at every learning rate and seed, the best rate of each seed measured."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor

from gcnlabel.data import targets_to_tensors
from gcnlabel.nn.adjacency import MOST_DENSE
from gcnlabel.run.data import RunData
from gcnlabel.run.evaluation import measure, tag_thresholds
from gcnlabel.studies.ablation.candidates import LINEAR, STACKING, Candidate
from gcnlabel.studies.ablation.fitting import Member, fit, scores
from gcnlabel.studies.ablation.main_metrics import mean_main_metric
from gcnlabel.studies.ablation.stacking import stack
from gcnlabel.tasks import Dimensional

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


@dataclass(frozen=True)
class Scored:
    """What a trained member says of the val and the test part.

    Attributes:
        member: The member; where its scores are not its own, only its data and rate matter.
        value: Mean of the main metrics on the val part; -inf where it diverged.
        val: Scores of each task for the val part.
        test: Those for the test part.
    """

    member: Member
    value: float
    val: Mapping[str, Tensor]
    test: Mapping[str, Tensor]


class Valued(Protocol):
    """What has a value, the higher the better."""

    @property
    def value(self) -> float:
        """The value."""


V = TypeVar("V", bound=Valued)


def measured(job: Job) -> Found:
    """Return the results of a head, and of stacking behind the linear one, each at its best learning rate."""
    start, seeds = time.perf_counter(), len(job.budget.seeds)
    members, tune = _trained(job), job.candidate.config.evaluate.tune_thresholds
    found = {job.candidate.name: _summary([_scored(m) for m in _best(members, seeds)], tune)}
    found[job.candidate.name]["seconds"] = round(time.perf_counter() - start, 1)
    if job.candidate.name == LINEAR and _can_stack(job.datas[0]):
        found[STACKING] = _summary(_best([_stacked(m) for m in members], seeds), tune)
    return found


def _trained(job: Job) -> list[Member]:
    """Return a member for each learning rate and, within it, each seed."""
    pairs = list(zip(job.datas, job.budget.seeds, strict=True))
    drawn = [job.candidate.model(data, seed) for data, seed in pairs]
    members = [
        Member(copy.deepcopy(model), data, rate, seed)
        for rate in job.budget.rates
        for model, (data, seed) in zip(drawn, pairs, strict=True)
    ]
    at_once = _at_once(job.datas[0], len(members))
    for start in range(0, len(members), at_once):
        fit(job.candidate.config, members[start : start + at_once], job.budget.steps, _mean)
    return members


def _best(runs: Sequence[V], seeds: int) -> list[V]:
    """Return for each seed its best run; of equals, the one of the lowest rate."""
    return [max(runs[seed::seeds], key=lambda run: run.value) for seed in range(seeds)]


def _mean(data: RunData, scores: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> float:
    return mean_main_metric(data.tasks, scores, targets)


def _scored(member: Member) -> Scored:
    val, test = (scores(member.model, member.data.parts[part].inputs) for part in ("val", "test"))
    return Scored(member, member.value, val, test)


def _stacked(member: Member) -> Scored:
    parts = {part: scores(member.model, member.data.parts[part].inputs) for part in ("train", "val", "test")}
    targets = {part: _targets(member.data, part) for part in ("train", "val")}
    val, test = stack(member.data.tasks, parts, targets)
    value = _mean(member.data, val, targets["val"]) if math.isfinite(member.value) else member.value
    return Scored(member, value, val, test)


def _summary(runs: Sequence[Scored], tune: bool) -> Found:
    metrics: dict[str, list[float]] = {}
    for run in runs:
        data = run.member.data
        thresholds = tag_thresholds(data.tasks, run.val, _targets(data, "val")) if tune else None
        for task, values in measure(data, run.test, _targets(data, "test"), thresholds).items():
            for name, value in values.items():
                if isinstance(value, float):
                    metrics.setdefault(f"{task}/{name}", []).append(value)
    val = [run.value if math.isfinite(run.value) else None for run in runs]
    return {"metrics": metrics, "val": val, "rate": [run.member.rate for run in runs]}


def _targets(data: RunData, part: str) -> dict[str, Tensor]:
    return targets_to_tensors(data.parts[part].annotations)


def _can_stack(data: RunData) -> bool:
    dimensional = [isinstance(task, Dimensional) for task in data.tasks]
    return any(dimensional) and not all(dimensional)


def _at_once(data: RunData, members: int) -> int:
    """Return how many members are stacked: all for features and few labels, one where Â is sparse or inputs large."""
    features = torch.as_tensor(data.parts["train"].inputs[:1]).dim() == 2
    return members if features and data.tasks.num_labels <= MOST_DENSE else IMAGES_AT_ONCE
