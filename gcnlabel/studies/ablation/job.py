"""One job of an ablation: every head at one label budget with one seed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from torch import Tensor

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.nn import HEADS
from gcnlabel.run.build import build_units
from gcnlabel.run.data import RunData, SampleSet
from gcnlabel.run.default_head import LINEAR, resolve_default, with_head
from gcnlabel.run.ensembles.crossing import is_crossed, left_out_scores
from gcnlabel.run.ensembles.shared import combine_shared
from gcnlabel.run.evaluation import measure, tag_thresholds
from gcnlabel.run.side_by_side import fit_trials, tuned
from gcnlabel.studies.ablation.candidates import DEFAULT, Candidate, candidates
from gcnlabel.studies.ablation.derived import ENSEMBLES, base_models_of, derived
from gcnlabel.studies.ablation.label_budgets import LabelBudget
from gcnlabel.training import Trial, portions, predict
from gcnlabel.training.predict import Network

Found = dict[str, Any]
Scores = Mapping[str, Tensor]
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Budget:
    """Seeds and training budget of every head.

    Attributes:
        seeds: Seeds of the subsample of a label budget, the initial weights and the order; heads are paired by seed.
        rates: Grid of learning rates; for each head and seed the best on the val split is reported. If that is the
            lowest or highest, further rates beyond it are tried.
        min_steps: Minimum number of batches of a training, at any label budget.
    """

    seeds: Sequence[int]
    rates: Sequence[float] = (0.001, 0.003, 0.01)
    min_steps: int = 300


@dataclass(frozen=True)
class Job:
    """Heads to train and evaluate at one label budget with one seed.

    Attributes:
        config: The common config.
        whole: The data before subsampling.
        amount: The label budget.
        seed: The seed.
        budget: Learning rates and number of batches; its seeds are ignored.
        wanted: Names of the heads.
    """

    config: Config
    whole: RunData
    amount: LabelBudget
    seed: int
    budget: Budget
    wanted: tuple[str, ...]

    @cached_property
    def data(self) -> RunData:
        """The data at the label budget."""
        return self.amount.subsample(self.whole, self.seed)


def measured(job: Job) -> Found:
    """Train and evaluate the heads of a job.

    Returns:
        ``heads``: name -> ``metrics`` (``task/metric`` -> value), ``val`` (value of the selection; None if every rate
        diverged, or for derived heads), ``rate``, and ``head`` (index in the config's list of heads); ``weights``: task
        -> base model of the default -> weight; ``seconds``: duration.
    """
    start, config = time.perf_counter(), job.config.model_copy(update={"seed": job.seed})
    known = candidates(config, job.data)
    shared = job.data.parts["train"].inputs.ndim != 2
    if shared:  # one backbone for all base models
        unresolved = with_head(config, HEADS.parse("default"), config.graph)
        known = {DEFAULT: Candidate(DEFAULT, resolve_default(unresolved, job.data.parts["train"]))} | known
    trained = base_models_of(job.wanted, known) if not shared else set(job.wanted) & set(known) | {LINEAR}
    best = _trained(config, job, {name: known[name] for name in known if name in trained})
    scores = {
        name: {part: predict(t.model.standard_scores, portions(job.data.parts[part].inputs)) for part in SPLITS}
        for name, t in best.items()
    }
    found = {name: _summary(job, _values(trial, scores[name]), trial) for name, trial in best.items()}
    ensembles = [name for name in job.wanted if name not in found]
    left_out = _left_out(config, job, best, known, ensembles) if is_crossed(job.data) and not shared else None
    made, combinations = derived(config, job.data, scores, ensembles, left_out)
    found |= {name: _summary(job, of) for name, of in made.items()}
    weights = combinations[DEFAULT].weights if DEFAULT in combinations else {}
    wanted = {name: found[name] for name in job.wanted if name in found}
    return {"heads": wanted, "weights": weights, "seconds": round(time.perf_counter() - start, 1)}


def _trained(config: Config, job: Job, heads: Mapping[str, Candidate]) -> dict[str, Trial]:
    """Return the trial of each head at its best rate; of a list of heads, that of the best."""
    variants = {(name, k): each for name, of in heads.items() for k, each in enumerate(of.variants())}

    def maker(each: Candidate) -> Callable[[float], Trial]:
        return lambda rate: each.trial(job.data, job.seed, rate)

    makers: Any = {key: maker(each) for key, each in variants.items()}
    best: Any = tuned(config, makers, job.budget.rates, min_steps=_steps(job))
    found: dict[str, Trial] = {}
    for (name, k), trial in best.items():
        trial.kind = k
        if name == DEFAULT and math.isfinite(trial.value):
            trial.model.units = build_units(config, job.data)  # the combination calibrates
            combine_shared(config, job.data, trial.model, _score)
        if name not in found or trial.value > found[name].value:
            found[name] = trial
    return found


def _score(part: SampleSet, network: Network) -> Scores:
    return predict(network, portions(part.inputs))


def _left_out(
    config: Config, job: Job, best: Mapping[str, Trial], known: Mapping[str, Candidate], ensembles: Sequence[str]
) -> dict[str, dict[str, Tensor]]:
    """Return cross-fitted scores of the base models of ensembles, by ``left_out_scores``."""
    names = {base for name in ensembles for base in ENSEMBLES.get(name, ()) if base in best}

    def maker(name: str) -> Callable[[RunData], Trial]:
        each, rate = known[name].variants()[int(best[name].kind)], best[name].rate  # type: ignore[call-overload]
        return lambda part: each.trial(part, job.seed, rate)

    makers = {name: maker(name) for name in best if name in names}
    return left_out_scores(config, job.data, makers, partial(fit_trials, min_steps=_steps(job)))


def _steps(job: Job) -> int:
    return max(job.budget.min_steps, job.config.training.min_steps)


def _values(trial: Trial, scores: Mapping[str, Scores]) -> dict[str, Scores]:
    return {part: trial.model.units(scores[part]) for part in ("val", "test")}


def _summary(job: Job, scores: Mapping[str, Scores], trial: Trial | None = None) -> Found:
    """Return the metrics of a head on the test split, with value, rate and index of its trial."""
    data, targets = job.data, partial(_targets, job.data)
    tune = job.config.evaluate.tune_thresholds
    thresholds = tag_thresholds(data.tasks, scores["val"], targets("val")) if tune else None
    metrics = {
        f"{task}/{name}": value
        for task, values in measure(data, scores["test"], targets("test"), thresholds).items()
        for name, value in values.items()
        if isinstance(value, float)
    }
    if trial is None:
        return {"metrics": metrics, "val": None, "rate": None, "head": 0}
    value = trial.value if math.isfinite(trial.value) else None
    return {"metrics": metrics, "val": value, "rate": trial.rate, "head": trial.kind}


def _targets(data: RunData, part: str) -> dict[str, Tensor]:
    return targets_to_tensors(data.parts[part].annotations)
