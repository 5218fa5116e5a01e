"""Train a run, from its config to its evaluation."""

from __future__ import annotations

from typing import Any

import lightning as L
from lightning.fabric.utilities.rank_zero import rank_zero_only

from gcnlabel.config import Config
from gcnlabel.errors import InputError, note
from gcnlabel.graph import LabelGraph
from gcnlabel.progress import progress_bar
from gcnlabel.run.build import build_module
from gcnlabel.run.data import RunData, load_data, with_decisions
from gcnlabel.run.default_head import is_side_by_side, resolve_default
from gcnlabel.run.ensembles.fitting import fit_ensemble
from gcnlabel.run.ensembles.keeping import keep_ensemble
from gcnlabel.run.finishing import finish
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.loaders import data_module
from gcnlabel.run.longer import resumed_config
from gcnlabel.run.requeue import is_first_process, is_restarted, stoppable
from gcnlabel.run.steps import begin, checked, fit_module, held, trainer_of
from gcnlabel.training import check_resumable, clear_failures, has_stopped, load_checkpoint


def train(
    config: Config,
    folder: RunFolder,
    *,
    overwrite: bool = False,
    devices: int | str = 1,
    num_nodes: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Train a run, save it in a folder and return its evaluation (only in the first of several processes).

    Args:
        config: The config.
        folder: The folder.
        overwrite: Whether an existing run may be replaced.
        devices: Number of devices, or ``auto`` for all; each takes batches of the config's size.
        num_nodes: Number of machines.
        progress: Whether to show progress bars.

    Raises:
        InputError: Before the folder is changed: an input cannot be used, the folder holds a run, or another process
            trains in it.
    """
    folder.given = config
    if is_restarted(folder) and folder.config.exists():
        return resume(folder, config, devices=devices, num_nodes=num_nodes, progress=progress)
    with stoppable(folder):
        if is_first_process() and not overwrite:
            folder.refuse_a_run()
        config, data, graph, module = checked(config, progress)
        trainer = _trainer(config, data, folder, devices, num_nodes, progress)
        with held(folder):
            if is_first_process():
                begin(folder, config, data, graph, module, overwrite)
            if trainer is not None:
                fit_module(config, folder, module, trainer, data_module(config, data))
            elif is_first_process():
                train_beside(config, folder, data, graph, progress)
            return finish(config, folder, data) if is_first_process() else {}


def _trainer(
    config: Config, data: RunData, folder: RunFolder, devices: int | str, num_nodes: int, progress: bool
) -> L.Trainer | None:
    """Return the trainer of a run; None for base models that are trained separately."""
    if not is_side_by_side(config, data.parts["train"]):
        return trainer_of(config, folder, devices, num_nodes, progress)
    if (devices, num_nodes) != (1, 1):
        rank_zero_only(note)("base models on features are trained in one process; other devices are not used")
    return None


def train_beside(config: Config, folder: RunFolder, data: RunData, graph: LabelGraph | None, progress: bool) -> None:
    """Train base models separately, in this process; if that is interrupted, it starts again."""
    with clear_failures(folder.path), progress_bar("base models", show=progress) as shown:
        lines = keep_ensemble(config, folder, data.tasks, fit_ensemble(config, data, graph, shown))
    for line in lines:
        rank_zero_only(note)(line)


def resume(
    folder: RunFolder,
    wanted: Config | None = None,
    *,
    devices: int | str = 1,
    num_nodes: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Resume a run after its last complete epoch, with the result of an uninterrupted run; return its evaluation.

    If no epoch was complete, it starts again. A finished run is trained longer if more epochs are wanted, unless early
    stopping ended it.

    Args:
        folder: The run.
        wanted: New config of the run; None for its own. It may differ in the number of epochs, the number of loading
            processes, and the calibration.
        devices: Number of devices, or ``auto`` for all; each takes batches of the config's size.
        num_nodes: Number of machines.
        progress: Whether to show progress bars.

    Raises:
        InputError: The folder holds no run and no config is given, the run has another config, its weights were
            imported, or another process trains in it.
    """
    where: dict[str, Any] = {"devices": devices, "num_nodes": num_nodes, "progress": progress}
    folder.given = wanted or folder.given
    if folder.is_imported:
        raise InputError(f"{folder.path} holds weights that were not trained here", fix="train another run")
    if not folder.last.exists():
        own = folder.load_config() if wanted is None or folder.best.exists() else wanted
        if folder.best.exists() and _is_same(
            own, wanted, data := load_data(wanted or own, folder.split, progress=progress)
        ):
            return finish(own, folder, data)  # base models that were trained separately
        wanted = wanted or own
        folder.job.unlink(missing_ok=True)  # otherwise a requeued job would resume again
        return train(wanted, folder, overwrite=True, **where)
    with stoppable(folder), held(folder):
        return _resumed(folder, wanted, **where)


def _resumed(
    folder: RunFolder, wanted: Config | None, devices: int | str, num_nodes: int, progress: bool
) -> dict[str, Any]:
    config = folder.load_config()
    data = load_data(wanted or config, folder.split, progress=progress)
    if wanted is not None and wanted != config:
        wanted = with_decisions(resolve_default(wanted, data.parts["train"]), data.tasks)
    last = load_checkpoint(folder.last)
    check_resumable(last, folder.last)
    done = int(last["epoch"]) + 1
    longer = resumed_config(config, wanted or config, done)
    L.seed_everything(config.seed, verbose=False)
    module = build_module(longer, data, LabelGraph.load(folder.graph) if folder.graph.exists() else None)
    trainer = trainer_of(longer, folder, devices, num_nodes, progress)
    if longer != config and is_first_process():
        folder.change_config(longer)
    if has_stopped(last):
        rank_zero_only(note)("training was stopped early (training.patience): no epoch is added")
    else:
        fit_module(longer, folder, module, trainer, data_module(longer, data, first_epoch=done), ckpt_path=folder.last)
    return finish(longer, folder, data) if is_first_process() else {}


def _is_same(config: Config, wanted: Config | None, data: RunData) -> bool:
    """Return whether base models were trained separately with the wanted config, and not for fewer epochs."""
    if not is_side_by_side(config, data.parts["train"]):
        return False
    if wanted is None:
        return True
    wanted = with_decisions(resolve_default(wanted, data.parts["train"]), data.tasks)
    return wanted == config or resumed_config(config, wanted, 0) == config
