"""Run trials, in one process or several, and write their results."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from gcnlabel.config import Config, dump_config
from gcnlabel.errors import InputError
from gcnlabel.figures import check_formats, importance_figure, importance_table, save_figure
from gcnlabel.files import atomic_write, plain_cells, refuse_existing, writable_folder
from gcnlabel.optional import optional
from gcnlabel.run.data import load_data
from gcnlabel.run.loaders import check_selection
from gcnlabel.studies.digest import digest
from gcnlabel.studies.tuning.space import Space, changed, default_space
from gcnlabel.studies.tuning.storage import open_study, storage_errors
from gcnlabel.studies.tuning.trial import CHANGES, WHY, Objective

Found = dict[str, Any]
STORAGE, BEST, TRIALS, IMPORTANCE = "study.db", "best.yaml", "trials.csv", "importance"


def tune(
    config: Config,
    folder: Path,
    trials: int,
    *,
    space: Space | None = None,
    storage: Path | None = None,
    formats: Sequence[str] = ("pdf",),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Found:
    """Search values of some keys of a config, and write the best config, all trials and the importance of each key.

    A trial trains the config; its value is ``select.metric`` on the validation split, and the test split is not used.
    Values are proposed by a tree-structured Parzen estimator (Bergstra et al. 2011), after ten random trials. A trial
    that cannot be trained, e.g. because its graph has no edge, is pruned with a note.

    Args:
        config: The config.
        folder: Folder of ``best.yaml``, ``trials.csv`` and ``importance``.
        trials: Number of trials in the storage at the end, including pruned ones.
        space: The search space; None for :func:`default_space`.
        storage: SQLite file of the trials, which several processes may share; None for ``study.db`` in the folder.
        formats: Formats of the figure.
        progress: Called with the number of finished trials, and of all.

    Returns:
        ``metric``, ``value``, ``trial`` and ``changes`` of the best trial; number of ``trials`` by state;
        ``importance`` of keys, with sum 1, if at least two trials differ; and the ``storage``.

    Raises:
        InputError: Optuna is missing; config, data, folder or storage cannot be used; or no trial could be trained.
    """
    optuna = _checked(config, formats)
    objective = Objective(config, default_space(config) if space is None else space, load_data(config), optuna)
    check_selection(config, objective.data)
    path = folder / STORAGE if storage is None else storage
    study = _study(objective, folder, path)
    with storage_errors(optuna, path):
        _try(study, objective, trials, progress)
    return {**_written(study, objective, folder, formats), "storage": path}


def _checked(config: Config, formats: Sequence[str]) -> Any:
    """Return Optuna, after checking formats and config."""
    optuna = optional("optuna", "tune", "gcnlabel tune")
    check_formats(formats)
    if config.select.split != "val":
        raise InputError(f"select.split: {config.select.split}", expected="val: trials are compared on it")
    return optuna


def _study(objective: Objective, folder: Path, path: Path) -> Any:
    """Return the study of a storage; existing files in the folder must be of its earlier trials."""
    optuna, config = objective.optuna, objective.config
    if not path.exists():
        for name in (BEST, TRIALS):
            refuse_existing(folder / name, overwrite=False)
    writable_folder(folder)
    writable_folder(path.parent)
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the caller reports failures
    depends = {f"config.{key}": value for key, value in config.model_dump(mode="json").items()}
    depends |= {f"search.{key}": str(of) for key, of in objective.space.items()} | {"data": digest(objective.data)}
    return open_study(optuna, path, f"{config.select.mode}imize", depends)


def _try(study: Any, objective: Objective, trials: int, progress: Callable[[int, int], None]) -> None:
    """Run trials until the study has enough finished trials, from this or other processes."""

    def seeded(trial: Any) -> float:
        """Run a trial with a sampler seeded by its number, so that processes propose different values."""
        seed = objective.config.seed + 1000 * trial.number
        study.sampler = objective.optuna.samplers.TPESampler(seed=seed, multivariate=False, constant_liar=True)
        return objective(trial)

    while (done := sum(_is_done(each) for each in study.get_trials(deepcopy=False))) < trials:
        progress(done, trials)
        study.optimize(seeded, n_trials=1)
    progress(trials, trials)


def _is_done(trial: Any) -> bool:
    return trial.state.name in ("COMPLETE", "PRUNED")


def _written(study: Any, objective: Objective, folder: Path, formats: Sequence[str]) -> Found:
    every, config = study.get_trials(deepcopy=False), objective.config
    with atomic_write(folder / TRIALS, overwrite=True) as temporary:
        temporary.write_bytes(plain_cells(_table(every)).write_csv().encode())
    complete = [trial for trial in every if trial.state.name == "COMPLETE"]
    if not complete:
        why = next((trial.user_attrs[WHY] for trial in every if WHY in trial.user_attrs), "all were interrupted")
        raise InputError(f"none of {len(every)} trials could be trained: {why}", fix="another --search or CONFIG")
    best = study.best_trial
    changes = best.user_attrs[CHANGES]
    comment = f"# trial {best.number}: {config.select.split}/{config.select.metric} {best.value:.6g}\n"
    with atomic_write(folder / BEST, overwrite=True) as temporary:
        temporary.write_text(comment + dump_config(changed(config, changes)), encoding="utf-8")
    found = _importance(study, objective, complete)
    if found:
        name = f"{config.select.split}/{config.select.metric}"
        table = importance_table(found)
        save_figure(importance_figure(found, name), folder / IMPORTANCE, formats, table=table, overwrite=True)
    counts = {"complete": len(complete), "left out": sum(trial.state.name == "PRUNED" for trial in every)}
    values = {"metric": config.select.metric, "value": best.value, "trial": best.number, "changes": changes}
    return {**values, "trials": counts, "importance": found}


def _table(trials: Sequence[Any]) -> pl.DataFrame:
    """Return one row per trial: number, state, value, seconds, values of keys, and the reason if it was pruned."""
    changes = [trial.user_attrs.get(CHANGES, {}) for trial in trials]
    keys = dict.fromkeys(key for of in changes for key in of)
    rows = [
        {
            "trial": trial.number,
            "state": trial.state.name.lower(),
            "value": trial.value,
            "seconds": None if trial.duration is None else round(trial.duration.total_seconds(), 1),
            **{key: of.get(key) for key in keys},
            "why": trial.user_attrs.get(WHY),
        }
        for trial, of in zip(trials, changes, strict=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _importance(study: Any, objective: Objective, complete: Sequence[Any]) -> dict[str, float]:
    """Return the importance of each key for the best tenth of trials (PED-ANOVA, Watanabe et al. 2023)."""
    if len({trial.value for trial in complete}) < 2:
        return {}
    importance = objective.optuna.importance
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ExperimentalWarning
        found = importance.get_param_importances(study, evaluator=importance.PedAnovaImportanceEvaluator())
    shares = {key: float(share) for key, share in found.items() if not objective.space[key].is_fixed}
    return shares if sum(shares.values()) > 0 else {}
