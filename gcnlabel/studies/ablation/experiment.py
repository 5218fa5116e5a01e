"""Every head at every amount of annotation, with the same recipe, budget and grid: what a label graph is worth."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import product

import torch

from gcnlabel.config import Config
from gcnlabel.errors import GcnlabelWarning, InputError, closest, shorten
from gcnlabel.graph import LabelGraph
from gcnlabel.processes import unordered
from gcnlabel.run.calibration import calibration_methods
from gcnlabel.run.data import RunData
from gcnlabel.run.loaders import check_selection
from gcnlabel.run.side_by_side import check_side_by_side
from gcnlabel.studies.ablation.candidates import DEFAULT, LINEAR, STACKING, Candidate, candidates
from gcnlabel.studies.ablation.label_budgets import LabelBudget
from gcnlabel.studies.ablation.measuring import Budget, Found, Job, measured

Progress = Callable[[int, int], None]
Todo = Mapping[LabelBudget, tuple[list[Candidate], dict[str, LabelGraph]]]
"""Label budget -> its heads, by the first seed's samples, and what was measured of these for them."""


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
) -> Found:
    """Train every candidate head in every label budget and return what it reaches on the test split.

    Args:
        config: The recipe: all that ``gcnlabel train`` follows but head and learning rate.
        data: The data of the config.
        label_budgets: Amounts of annotation.
        budget: Seeds, grid and least number of batches.
        heads: Names of those to compare, besides the linear one and the default; None for all.
        workers: Processes that train, each a head on one processor; None for one a processor, 1 for this one alone.
        progress: Called with the number of heads trained, and of all.
        keep: Called with the results so far after each label budget.

    Returns:
        Plain values: ``calibrated``, dimensional task -> method; and ``regimes``, name -> ``default`` (the head that
        the default stands for, by the first seed's samples) and ``heads``, name -> ``metrics``
        (``task/metric`` -> value of each seed), ``val`` (None where every rate diverged) and ``rate`` of each seed;
        stacking has the rate of the linear head that it stands on, chosen by its own value. All but stacking have
        ``seconds``, what their training and measuring took.

    Raises:
        InputError: A label budget leaves too few samples, there is no such task, head or metric, or the config cannot
            be followed side by side; found before anything is trained.
    """
    check_side_by_side(config)
    check_selection(config, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)  # few samples lack labels and edges, again for every head
        todo, wanted = _planned(config, data, label_budgets, budget.seeds[0], heads)
        return _ablated(config, data, todo, budget, wanted, workers, progress, keep)


def _planned(
    config: Config, data: RunData, amounts: Sequence[LabelBudget], seed: int, heads: Collection[str] | None
) -> tuple[Todo, Collection[str]]:
    """Return what there is to train at each label budget, and the names of the heads that are wanted."""
    subsampled = ((amount, amount.subsample(data, seed)) for amount in amounts)  # one at a time in memory
    todo = {amount: (candidates(config, few), few.parts["train"].measured) for amount, few in subsampled}
    return todo, _wanted(heads, {STACKING: None} | {c.name: None for found, _ in todo.values() for c in found})


def _wanted(heads: Collection[str] | None, known: Collection[str]) -> Collection[str]:
    for name in heads or ():
        if name not in known:
            raise InputError(f"no head {name!r}", expected=shorten(known, limit=40), fix=closest(name, known))
    return known if heads is None else {LINEAR, DEFAULT, *heads}


def _ablated(
    config: Config,
    data: RunData,
    todo_of: Todo,
    budget: Budget,
    wanted: Collection[str],
    workers: int | None,
    progress: Progress,
    keep: Callable[[Found], None],
) -> Found:
    results: Found = {
        **{"seeds": list(budget.seeds), "rates": list(budget.rates), "epochs": config.training.epochs},
        **{"min_steps": budget.min_steps, "select": config.select.model_dump()},
        **{"calibrated": calibration_methods(config, data.tasks), "regimes": {}},
    }
    total, done = 0, 0
    for amount, (found, measured_first) in todo_of.items():
        subsamples = [amount.subsample(data, seed) for seed in budget.seeds]
        subsamples[0].parts["train"].measured.update(measured_first)
        todo = [c for c in found if c.name in wanted]
        total = total or len(todo) * len(todo_of)
        for candidate, of_seed in product(todo, subsamples):
            candidate.measure(of_seed)
        default = next(c for c in todo if c.name == DEFAULT).config.model.head
        jobs = [Job(c, subsamples, budget) for c in todo if c.name != DEFAULT or default.has_graph]
        heads: Found = {}
        for _, results_of_head in unordered(measured if workers == 1 else _measured_elsewhere, jobs, workers):
            heads |= results_of_head
            done += 1
            progress(min(done, total), total)
        if DEFAULT not in heads:
            heads[DEFAULT] = heads[LINEAR]  # that is what it stands for here
        order = [LINEAR, STACKING, *(c.name for c in todo)]
        in_order = {name: heads[name] for name in dict.fromkeys(order) if name in heads and name in wanted}
        results["regimes"][str(amount)] = {"default": default.model_dump(), "heads": in_order}
        keep(results)
    progress(total, total)
    return results


def _measured_elsewhere(job: Job) -> Found:
    """Return the results of a head in a process beside others."""
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GcnlabelWarning)
        return measured(job)
