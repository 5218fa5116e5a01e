"""Run an ablation and write its results: JSON, tables, and a figure with its numbers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from gcnlabel.config import Config
from gcnlabel.data import targets_to_tensors
from gcnlabel.errors import InputError, shorten
from gcnlabel.figures import Gain, check_formats, gains_figure, gains_table, save_figure
from gcnlabel.files import atomic_write, refuse_existing, strict_json, writable_folder
from gcnlabel.metrics.main_metrics import is_measurable
from gcnlabel.run.data import RunData, load_data
from gcnlabel.studies.ablation.candidates import DEFAULT
from gcnlabel.studies.ablation.experiment import ablate
from gcnlabel.studies.ablation.job import Budget
from gcnlabel.studies.ablation.label_budgets import LabelBudget
from gcnlabel.studies.ablation.report import gains, markdown, measured_metrics
from gcnlabel.tasks import TaskSet

FILES = ("ablation.json", "ablation.md")
JOBS = "jobs"
"""Folder of the results of each job."""
FEW = (10, 50)
"""Default numbers of annotated samples of each dimension."""


def run_ablation(
    config: Config,
    folder: Path,
    budget: Budget,
    shares: Sequence[float],
    few: Iterable[tuple[str, int]] | None = None,
    *,
    held_out: bool = False,
    formats: Sequence[str] = ("pdf",),
    overwrite: bool = False,
    **how: Any,
) -> tuple[dict[str, Any], TaskSet]:
    """Ablate a config and write ``ablation.json``, ``ablation.md`` and ``gains`` after each label budget.

    Results of jobs are saved in ``jobs``; another call resumes with the remaining jobs.

    Args:
        config: The common config.
        folder: Folder of the results.
        budget: Seeds, grid and minimum number of batches.
        shares: Shares of the training samples, in (0, 1].
        few: Tasks and numbers of their annotated samples; None for :func:`default_few`.
        held_out: Whether held-out samples are part of the label budgets.
        formats: Formats of the figure.
        overwrite: Whether to replace existing results.
        how: ``heads``, ``workers`` and ``progress`` of :func:`~gcnlabel.studies.ablation.ablate`.

    Returns:
        The results and the tasks.

    Raises:
        InputError: Config, data, options or the folder cannot be used, or results exist.
    """
    resumes = _checked_folder(folder, formats, overwrite)
    data = load_data(config)
    label_budgets = _label_budgets(data.tasks, shares, few, held_out)
    check_measurable(data)
    _prepare(folder, label_budgets, resumes, overwrite)
    keep = partial(write_results, folder=folder, tasks=data.tasks, config=config, formats=formats)
    return ablate(config, data, label_budgets, budget, keep=keep, folder=folder / JOBS, **how), data.tasks


def _prepare(folder: Path, label_budgets: Sequence[LabelBudget], resumes: bool, overwrite: bool) -> None:
    if resumes:
        _check_same(folder, label_budgets)
    writable_folder(folder)
    if overwrite:
        shutil.rmtree(folder / JOBS, ignore_errors=True)


def _checked_folder(folder: Path, formats: Sequence[str], overwrite: bool) -> bool:
    """Return whether the jobs of a folder are resumed.

    Raises:
        InputError: A format is unknown, or results exist without jobs.
    """
    check_formats(formats)
    resumes = (folder / JOBS).is_dir() and not overwrite
    for name in (*FILES, *(f"gains.{suffix}" for suffix in (*formats, "csv"))):
        refuse_existing(folder / name, overwrite or resumes)
    return resumes


def _check_same(folder: Path, label_budgets: Sequence[LabelBudget]) -> None:
    """Check that existing results contain no other label budgets, which would be lost.

    Raises:
        InputError: They contain others.
    """
    try:
        regimes = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))["regimes"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if lost := [name for name in regimes if name not in map(str, label_budgets)]:
        raise InputError(
            f"{folder / FILES[0]} already exists, with {shorten(lost)}",
            fix="request these label budgets too, give another folder, or pass --overwrite",
        )


def _label_budgets(
    tasks: TaskSet, shares: Sequence[float], few: Iterable[tuple[str, int]] | None, held_out: bool
) -> list[LabelBudget]:
    few = default_few(tasks) if few is None else list(few)
    for name, _ in few:
        tasks[name]
    named = [LabelBudget(share, held_out=held_out and share < 1) for share in shares]
    named += [LabelBudget(task=name, samples=k, held_out=held_out) for name, k in few]
    if not named:
        raise InputError("no label budget", expected="a share, or a task and a number of samples")
    return list(dict.fromkeys(named))


def check_measurable(data: RunData) -> None:
    """Check that heads can be compared on the test split.

    Raises:
        InputError: The test split annotates no task.
    """
    targets = targets_to_tensors(data.parts["test"].annotations)
    if not any(is_measurable(task, targets[task.name]) for task in data.tasks):
        raise InputError("the test split annotates no task", expected="annotations to compare heads by")


def default_few(tasks: TaskSet) -> list[tuple[str, int]]:
    """Return every dimensional task with 10 and 50 samples, if there are several tasks.

    Example:
        >>> from gcnlabel.tasks import Dimensional, MultiLabel
        >>> default_few(TaskSet([MultiLabel("tags", ["cat"]), Dimensional("affect", ["valence"])]))
        [('affect', 10), ('affect', 50)]
    """
    dimensional = [task.name for task in tasks if not task.discrete]
    return [(name, k) for name in dimensional for k in FEW] if len(tasks.names) > 1 else []


def write_results(
    results: Mapping[str, Any], *, folder: Path, tasks: TaskSet, config: Config, formats: Sequence[str]
) -> None:
    """Write results as JSON, table and figure; existing files are replaced."""
    metrics = measured_metrics(results, tasks)
    panels = {
        metric: {
            amount: {head: Gain(d.mean, d.half_width) for head, d in found.items()} for amount, found in of.items()
        }
        for metric, of in ((metric, gains(results, metric)) for metric in metrics)
    }
    figure = gains_figure(panels, [DEFAULT])
    save_figure(figure, folder / "gains", formats, table=gains_table(panels), overwrite=True)
    content = {"config": config.model_dump(mode="json"), **results}
    for name, text in zip(FILES, (strict_json(content), markdown(results, metrics)), strict=True):
        with atomic_write(folder / name, overwrite=True) as temporary:
            temporary.write_text(text, encoding="utf-8")
