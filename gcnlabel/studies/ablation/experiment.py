"""Run an ablation: every head at every label budget, with the same config and grid."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gcnlabel.config import Config
from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.processes import unordered
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import LINEAR
from gcnlabel.run.loaders import check_selection
from gcnlabel.run.side_by_side import check_side_by_side
from gcnlabel.studies.ablation.candidates import (
    DEFAULT,
    PROPAGATION,
    PUBLISHED,
    QUERIES,
    SAMPLE_GRAPH,
    STACKING,
    candidates,
)
from gcnlabel.studies.ablation.derived import ENSEMBLES, is_possible
from gcnlabel.studies.ablation.job import Budget, Found, Job, measured
from gcnlabel.studies.ablation.job_files import digest, file_of, known, write
from gcnlabel.studies.ablation.label_budgets import LabelBudget

Progress = Callable[[int, int], None]
FIRST = (LINEAR, STACKING)
"""First heads in tables."""


def nothing(*_: Any) -> None:
    """Ignore progress or results."""


def ablate(
    config: Config,
    data: RunData,
    label_budgets: Sequence[LabelBudget],
    budget: Budget,
    *,
    heads: Collection[str] | None = None,
    workers: int | None = 1,
    progress: Progress = nothing,
    keep: Callable[[Found], None] = nothing,
    folder: Path | None = None,
) -> Found:
    """Return the metrics of every head on the test split at every label budget.

    Args:
        config: The common config; its head and learning rate are ignored.
        data: The data of the config.
        label_budgets: Label budgets.
        budget: Seeds, grid and minimum number of batches.
        heads: Heads to compare, in addition to the linear one and the default; None for the usual ones.
        workers: Number of training processes; None for one per processor, 1 to train in this process.
        progress: Called with the number of finished jobs (a label budget and a seed), and of all.
        keep: Called with the results so far after each complete label budget.
        folder: Folder of the results of jobs; existing results are reused.

    Returns:
        Plain values: ``calibrated``, dimensional task -> method; ``regimes``, name -> ``default`` (task -> base model
        -> mean weight) and ``heads``, name -> ``metrics`` (``task/metric`` -> values), ``val``, ``rate``, ``head``.

    Raises:
        InputError: Before anything is trained: config, heads, label budgets or the folder cannot be used.
    """
    check_side_by_side(config)
    check_selection(config, data)
    with warnings.catch_warnings(action="ignore", category=GcnlabelWarning):  # few samples lack labels and edges
        jobs, results = _jobs(config, data, label_budgets, budget, heads), _head(config, data, budget)
        for done, key in _results(jobs, folder, workers, progress):
            _gather(results, key[0], jobs, done, keep)
    return results


Key = tuple[str, int]


def _jobs(
    config: Config, data: RunData, amounts: Sequence[LabelBudget], budget: Budget, heads: Collection[str] | None
) -> dict[Key, Job]:
    wanted = _wanted(config, data, [amount.subsample(data, budget.seeds[0]) for amount in amounts], heads)
    return {(str(of), seed): Job(config, data, of, seed, budget, wanted) for of in amounts for seed in budget.seeds}


def _results(
    jobs: Mapping[Key, Job], folder: Path | None, workers: int | None, progress: Progress
) -> Iterator[tuple[dict[Key, Found], Key]]:
    """Yield all results so far and the added job, existing results first."""
    files = {key: None if folder is None else file_of(folder, *key) for key in jobs}
    data = "" if folder is None else digest(next(iter(jobs.values())).whole)
    done = {key: found for key in jobs if (found := known(files[key], jobs[key], data)) is not None}
    progress(len(done), len(jobs))
    yield from ((done, key) for key in list(done))
    todo = [(key, job) for key, job in jobs.items() if key not in done]
    for (key, job), found in unordered(_done if workers == 1 else _done_elsewhere, todo, workers):
        done[key] = found
        write(files[key], job, data, found)
        progress(len(done), len(jobs))
        yield done, key


def _done(item: tuple[Any, Job]) -> Found:
    return measured(item[1])


def _done_elsewhere(item: tuple[Any, Job]) -> Found:
    """Return the results of a job in one of several processes."""
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        return measured(item[1])


def _wanted(
    config: Config, data: RunData, subsamples: Iterable[RunData], heads: Collection[str] | None
) -> tuple[str, ...]:
    """Return the names of the heads to evaluate, in the order of tables."""
    there = dict.fromkeys(name for few in subsamples for name in candidates(config, few))
    derived = [name for name in (STACKING, *ENSEMBLES) if is_possible(name, data, there)]
    for name in heads or ():
        if name in (STACKING, *ENSEMBLES) and name not in derived:
            needed = "dimensions and classes or tags" if name == STACKING else "a label graph with an edge"
            raise InputError(f"no head {name!r} for this data", expected=needed)
        if name not in there and name not in derived:
            every = [*there, *derived]
            raise InputError(f"no head {name!r}", expected=shorten(every, limit=60), fix=closest(name, every))
    usual = [name for name in there if ", " not in name and name not in (PROPAGATION, PUBLISHED, SAMPLE_GRAPH)]
    asked = {*usual, *derived, QUERIES} if heads is None else {LINEAR, DEFAULT, *heads}
    order = dict.fromkeys([*FIRST, DEFAULT, *ENSEMBLES, *there])
    return tuple(name for name in order if name in asked and (name in there or name in derived))


def _head(config: Config, data: RunData, budget: Budget) -> Found:
    return {
        "seeds": list(budget.seeds),
        "rates": list(budget.rates),
        "epochs": config.training.epochs,
        "min_steps": budget.min_steps,
        "select": config.select.model_dump(),
        "calibrated": calibration_methods(config, data.tasks),
        "regimes": {},
    }


def _gather(
    results: Found, amount: str, jobs: Iterable[Key], done: dict[Key, Found], keep: Callable[[Found], None]
) -> None:
    """Add a label budget to the results if all its jobs are finished, in the order of the jobs."""
    of_seeds = [done.get(key) for key in jobs if key[0] == amount]
    whole = [found for found in of_seeds if found is not None]
    if amount in results["regimes"] or len(whole) < len(of_seeds):
        return
    names = [name for name in whole[0]["heads"] if all(name in found["heads"] for found in whole)]
    heads = {name: _joined([found["heads"][name] for found in whole]) for name in names}
    regimes = results["regimes"]
    regimes[amount] = {"default": _mean_weights([found["weights"] for found in whole]), "heads": heads}
    results["regimes"] = {name: regimes[name] for name, _ in jobs if name in regimes}
    keep(results)


def _joined(of_seeds: Sequence[Found]) -> Found:
    metrics = {
        name: [of["metrics"][name] for of in of_seeds if name in of["metrics"]] for name in of_seeds[0]["metrics"]
    }
    whole = {name: values for name, values in metrics.items() if len(values) == len(of_seeds)}
    return {"metrics": whole, **{key: [of[key] for of in of_seeds] for key in ("val", "rate", "head")}}


def _mean_weights(weights: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    tasks = weights[0]
    return {
        task: {name: round(float(np.mean([of[task].get(name, 0.0) for of in weights])), 3) for name in tasks[task]}
        for task in tasks
    }
