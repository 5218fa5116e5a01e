"""Run a cross-validation in a folder: one job per fold, with saved results, and their summary."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from gcnlabel import __version__
from gcnlabel.config import Config
from gcnlabel.errors import InputError, shorten
from gcnlabel.files import refuse_existing, strict_json, writable_folder, write_together
from gcnlabel.processes import unordered
from gcnlabel.run import RunFolder
from gcnlabel.run.data import RunData
from gcnlabel.run.intervals import units_of
from gcnlabel.studies import kept
from gcnlabel.studies.cross_validation.folds import Fold, notes_on, read_folds
from gcnlabel.studies.cross_validation.summary import markdown, summaries, table
from gcnlabel.studies.digest import digest
from gcnlabel.studies.training import trained

Found = dict[str, Any]
Progress = Callable[[int, int], None]
FILES = ("cross_validation.json", "cross_validation.csv", "cross_validation.md")
JOBS = "folds"
"""Folder of the result of each fold."""


def run_cross_validation(
    config: Config,
    folder: Path,
    *,
    folds: int = 5,
    groups: str | None = None,
    workers: int | None = 1,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> Found:
    """Train a config once for each fold of its samples, evaluate it there, and write a summary.

    The samples are those of the training and validation split; the test split is not used. With random splits by
    fractions (``data.splits``), all samples are divided. The result of each fold is saved; another call resumes with
    the remaining folds.

    Args:
        config: The config; its seed is also that of the folds.
        folder: Folder of the results.
        folds: Number of folds.
        groups: Column of groups that stay together; None for those of the config, if any.
        workers: Number of training processes; None for one per processor.
        overwrite: Whether to replace existing results.
        progress: Called with the number of finished folds, and of all.

    Returns:
        The content of ``cross_validation.json``.

    Raises:
        InputError: Config, data or folder cannot be used, or the folder has other results.
    """
    resumes = (folder / JOBS).is_dir() and not overwrite
    for name in FILES:
        refuse_existing(folder / name, overwrite or resumes)
    jobs, used = read_folds(config, folds, groups)
    writable_folder(folder)
    if overwrite:
        shutil.rmtree(folder / JOBS, ignore_errors=True)
    done = _done(jobs, folder / JOBS, workers, progress)
    return _write(config, folder, jobs, used, done)


def _done(jobs: Sequence[Fold], folder: Path, workers: int | None, progress: Progress) -> list[Found]:
    """Return the result of each fold; train those without a saved result."""
    whole = jobs[0].whole
    data = digest(RunData(whole.annotations.tasks, {"all": whole}))
    depends = {job.number: _depends(job, len(jobs), data) for job in jobs}
    path = {job.number: folder / f"{job.number}.json" for job in jobs}
    before = {k: kept.known(path[k], depends[k], ("metrics", "absent")) for k in path}
    done = {k: found for k, found in before.items() if found is not None}
    progress(len(done), len(jobs))
    todo = [job for job in jobs if job.number not in done]
    for job, found in unordered(measured if workers == 1 else _measured_elsewhere, todo, workers):
        done[job.number] = found
        kept.write(path[job.number], depends[job.number], found)
        progress(len(done), len(jobs))
    return [done[job.number] for job in jobs]


def measured(fold: Fold) -> Found:
    """Return ``metrics`` (``task/metric`` -> value on the fold), ``absent`` labels by task, and further values."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gcnlabel-") as place:
        evaluation, _ = trained(fold.config, fold.data, RunFolder(Path(place) / "run"))
    metrics = {
        f"{task}/{name}": value
        for task, values in evaluation["tasks"].items()
        for name, value in values.items()
        if isinstance(value, float)
    }
    absent = {task: values["absent"] for task, values in evaluation["tasks"].items() if values.get("absent")}
    values = {"samples": evaluation["samples"], "epoch": evaluation["selected"]["epoch"], "absent": absent}
    return {"metrics": metrics, **values, "seconds": round(time.perf_counter() - start, 1)}


def _measured_elsewhere(fold: Fold) -> Found:
    """Return the result of a fold in one of several processes, without log messages."""
    torch.set_num_threads(1)
    logging.disable(logging.INFO)
    warnings.simplefilter("ignore")
    return measured(fold)


def _depends(fold: Fold, count: int, data: str) -> dict[str, Any]:
    """Return everything that the result of a fold depends on, as JSON values."""
    config = {f"config.{key}": value for key, value in fold.config.model_dump(mode="json").items()}
    values = config | {"folds": count, "rows": fold.digest, "data": data, "version": __version__}
    found: dict[str, Any] = json.loads(json.dumps(values, default=str))
    return found


def _write(config: Config, folder: Path, jobs: Sequence[Fold], used: str, done: Sequence[Mapping[str, Any]]) -> Found:
    found = summaries([of["metrics"] for of in done])
    if not found:
        raise InputError("no metric is defined on two folds", fix="fewer folds, or more annotated samples")
    units = units_of(jobs[0].whole.annotations.select(_rows_of(jobs)))
    results: Found = {
        "config": config.model_dump(mode="json"),
        "seed": config.seed,
        "used": used,
        "notes": [*notes_on(config), *_absent(done)],
        "samples": sum(of["samples"] for of in done),
        "groups": None if units is None else len(set(units)),
        "folds": [{key: of[key] for key in ("samples", "epoch", "seconds", "absent")} for of in done],
        "metrics": {name: asdict(of) for name, of in found.items()},
    }
    contents = (strict_json(results), table(found).write_csv(), markdown(results, found))
    write_together({folder / name: text.encode() for name, text in zip(FILES, contents, strict=True)}, overwrite=True)
    return results


def _absent(done: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a note for each task with labels that a fold does not contain, which its macro averages leave out."""
    lines = []
    for task in dict.fromkeys(task for of in done for task in of["absent"]):
        labels = dict.fromkeys(label for of in done for label in of["absent"].get(task, ()))
        lines.append(f"{task}: not in every fold, and left out of macro averages of such folds: {shorten(labels)}")
    return lines


def _rows_of(jobs: Sequence[Fold]) -> list[int]:
    return [row for job in jobs for row in job.rows["test"].tolist()]
