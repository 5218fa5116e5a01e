"""Every head at every label budget, with the same recipe and grid: what a label graph is worth."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gcnlabel.config import Config
from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.files import atomic_write
from gcnlabel.processes import unordered
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.default_head import LINEAR
from gcnlabel.run.loaders import check_selection
from gcnlabel.run.side_by_side import check_side_by_side
from gcnlabel.studies.ablation.candidates import DEFAULT, PROPAGATION, PUBLISHED, QUERIES, SAMPLE_GRAPH, candidates
from gcnlabel.studies.ablation.candidates import STACKING as STACKING
from gcnlabel.studies.ablation.derived import ENSEMBLES, is_possible
from gcnlabel.studies.ablation.job import Budget, Found, Job, measured
from gcnlabel.studies.ablation.label_budgets import LabelBudget

Progress = Callable[[int, int], None]
FIRST = (LINEAR, STACKING)
"""Heads that tables begin with."""


def ablate(
    config: Config,
    data: RunData,
    label_budgets: Sequence[LabelBudget],
    budget: Budget,
    *,
    heads: Collection[str] | None = None,
    workers: int | None = 1,
    progress: Progress = lambda done, total: None,
    keep: Callable[[Found], None] = lambda results: None,
    folder: Path | None = None,
) -> Found:
    """Train every head at every label budget and return what it reaches on the test split.

    Each label budget and seed is one job. With a folder, a job whose result is there is not done again.

    Args:
        config: The recipe: all that ``gcnlabel train`` follows but head and learning rate.
        data: The data of the config.
        label_budgets: Amounts of annotation.
        budget: Seeds, grid and least number of batches.
        heads: Names of those to compare, besides the linear one and the default; None for the usual ones.
        workers: Processes that train, each a job on one processor; None for one a processor, 1 for this one alone.
        progress: Called with the number of jobs done, and of all.
        keep: Called with the results so far after each label budget that is whole.
        folder: Where the result of each job is kept; None for nowhere.

    Returns:
        Plain values: ``calibrated``, dimensional task -> method; and ``regimes``, name -> ``default`` (task -> base
        model -> its weight in the default, the mean over seeds) and ``heads``, name -> ``metrics``
        (``task/metric`` -> value of each seed), ``val`` (None where every rate diverged, or the head is made of
        others), ``rate`` and ``head`` of each seed.

    Raises:
        InputError: A label budget leaves too few samples, there is no such task, head or metric, the config cannot
            be followed side by side, or a result in the folder is of another recipe; found before anything is trained.
    """
    check_side_by_side(config)
    check_selection(config, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # few samples lack labels and edges, again for every head
        wanted = _wanted(config, data, [amount.subsample(data, budget.seeds[0]) for amount in label_budgets], heads)
        jobs = {
            (str(amount), seed): Job(config, data, amount, seed, budget, wanted)
            for amount in label_budgets
            for seed in budget.seeds
        }
        files = {key: None if folder is None else _file(folder, *key) for key in jobs}
        done = {key: found for key in jobs if (found := _known(files[key], jobs[key])) is not None}
        results = _head(config, data, budget)
        total = len(jobs)
        progress(len(done), total)
        todo = [(key, job) for key, job in jobs.items() if key not in done]
        for amount in label_budgets:  # those that are whole already
            _gather(results, str(amount), budget, done, keep)
        work = _done if workers == 1 else _done_elsewhere
        for (key, job), found in unordered(work, todo, workers):
            done[key] = found
            _write(files[key], job, found)
            progress(len(done), total)
            _gather(results, key[0], budget, done, keep)
    results["regimes"] = {str(amount): results["regimes"][str(amount)] for amount in label_budgets}
    return results


def _done(item: tuple[Any, Job]) -> Found:
    return measured(item[1])


def _done_elsewhere(item: tuple[Any, Job]) -> Found:
    """Return the results of a job in a process beside others."""
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        return measured(item[1])


def _wanted(
    config: Config, data: RunData, subsamples: Iterable[RunData], heads: Collection[str] | None
) -> tuple[str, ...]:
    """Return the names of the heads that are measured, in the order of tables."""
    known = dict.fromkeys(name for few in subsamples for name in candidates(config, few))
    derived = [name for name in (STACKING, *ENSEMBLES) if is_possible(name, data, known)]
    for name in heads or ():
        if name not in known and name not in derived:
            every = [*known, *derived]
            raise InputError(f"no head {name!r}", expected=shorten(every, limit=60), fix=closest(name, every))
    usual = [name for name in known if ", " not in name and name not in (PROPAGATION, PUBLISHED, SAMPLE_GRAPH)]
    asked = {*usual, *derived, QUERIES} if heads is None else {LINEAR, DEFAULT, *heads}
    order = dict.fromkeys([*FIRST, DEFAULT, *ENSEMBLES, *known])
    return tuple(name for name in order if name in asked and (name in known or name in derived))


def _head(config: Config, data: RunData, budget: Budget) -> Found:
    return {
        **{"seeds": list(budget.seeds), "rates": list(budget.rates), "epochs": config.training.epochs},
        **{"min_steps": budget.min_steps, "select": config.select.model_dump()},
        **{"calibrated": calibration_methods(config, data.tasks), "regimes": {}},
    }


def _gather(results: Found, amount: str, budget: Budget, done: dict[Any, Found], keep: Callable[[Found], None]) -> None:
    """Add a label budget all of whose jobs are done to the results."""
    of_seeds = [done.get((amount, seed)) for seed in budget.seeds]
    whole = [found for found in of_seeds if found is not None]
    if amount in results["regimes"] or len(whole) < len(of_seeds):
        return
    names = [name for name in whole[0]["heads"] if all(name in found["heads"] for found in whole)]
    heads = {name: _joined([found["heads"][name] for found in whole]) for name in names}
    results["regimes"][amount] = {"default": _mean_weights([found["weights"] for found in whole]), "heads": heads}
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


def _file(folder: Path, amount: str, seed: int) -> Path:
    name = "".join(letter if letter.isalnum() else "-" for letter in amount)
    return folder / f"{name}-{hashlib.sha256(amount.encode()).hexdigest()[:6]}" / f"{seed}.json"


def _fingerprint(job: Job) -> str:
    """Return a text that identifies everything that a job's result depends on."""
    told = {
        "config": job.config.model_dump(mode="json"),
        "heads": job.wanted,
        "rates": list(job.budget.rates),
        "min_steps": job.budget.min_steps,
        "label budget": [str(job.amount), job.seed],
    }
    whole = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode())
    for part in job.whole.parts.values():
        for target in part.annotations.targets.values():
            dense = target.toarray() if hasattr(target, "toarray") else np.asarray(target)
            whole.update(np.ascontiguousarray(dense).tobytes())
    return whole.hexdigest()


def _known(path: Path | None, job: Job) -> Found | None:
    """Return the result of a job that was done before.

    Raises:
        InputError: The file is of another recipe or other data, or damaged.
    """
    if path is None or not path.exists():
        return None
    try:
        found: Found = json.loads(path.read_text(encoding="utf-8"))
        same = found["fingerprint"] == _fingerprint(job)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged", fix="remove it, or begin anew with --overwrite") from error
    if not same:
        raise InputError(
            f"{path} is of another config, other data, heads, rates or steps",
            fix="another --output, or --overwrite to begin anew",
        )
    return found


def _write(path: Path | None, job: Job, found: Found) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path, overwrite=True) as temporary:
            content = {"fingerprint": _fingerprint(job), **found}
            temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
