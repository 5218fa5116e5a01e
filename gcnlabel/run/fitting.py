"""Training a run, from its config to its evaluation."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import lightning as L
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.fabric.utilities.rank_zero import rank_zero_only

from gcnlabel.config import Config
from gcnlabel.errors import InputError, note
from gcnlabel.graph import LabelGraph
from gcnlabel.run.build import build_module
from gcnlabel.run.data import RunData, load_data, with_decisions
from gcnlabel.run.default_head import check_alone, resolve_default
from gcnlabel.run.finishing import check_finish, finish
from gcnlabel.run.folder import RunFolder
from gcnlabel.run.graph import build_graph
from gcnlabel.run.loaders import batch_plan, data_module, selection
from gcnlabel.run.longer import gone_on_with
from gcnlabel.run.requeue import going_on, is_first_process, is_restarted, note_job
from gcnlabel.run.speed import set_for_speed
from gcnlabel.training import MultiTaskModule, clear_failures, has_stopped, load_checkpoint, make_trainer


def train(
    config: Config,
    folder: RunFolder,
    *,
    overwrite: bool = False,
    devices: int | str = 1,
    num_nodes: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Train a run, keep it in a folder and return its evaluation (in the first of several processes alone).

    Everything that can be wrong with config, data and graph is found before the folder is touched. A job of SLURM that
    was put into the queue again goes on with the run that it began.

    Args:
        config: What to train.
        folder: Where to.
        overwrite: Whether a run that is there may be replaced.
        devices: Number of devices, or ``auto`` for all; each takes batches of the config's size.
        num_nodes: Number of machines.
        progress: Whether to show progress bars.

    Raises:
        InputError: Config, data or graph cannot be used, the folder holds a run, or another process trains in it.
    """
    folder.given = config
    if is_restarted(folder) and folder.config.exists():
        return resume(folder, config, devices=devices, num_nodes=num_nodes, progress=progress)
    with going_on(folder):
        if is_first_process() and not overwrite:
            folder.refuse_a_run()
        config, data, graph, module = _checked(config)
        trainer = _trainer(config, folder, devices, num_nodes, progress)
        with _held(folder):
            if is_first_process():
                _begin(folder, config, data, graph, overwrite)
            _fit(config, folder, module, trainer, data_module(config, data))
            return finish(config, folder, data) if is_first_process() else {}


def resume(
    folder: RunFolder,
    wanted: Config | None = None,
    *,
    devices: int | str = 1,
    num_nodes: int = 1,
    progress: bool = True,
) -> dict[str, Any]:
    """Go on with a run after its last whole epoch, exactly as if it had never stopped, and return its evaluation.

    Where no epoch was finished, it begins anew. A finished run is trained longer where more epochs are wanted, but not
    one that ended for want of improvement.

    Args:
        folder: The run.
        wanted: Config that the run shall have; None for its own. It may differ in the number of epochs, and of
            processes that load, and in how it is calibrated.
        devices: Number of devices, or ``auto`` for all; each takes batches of the config's size.
        num_nodes: Number of machines.
        progress: Whether to show progress bars.

    Raises:
        InputError: The folder holds no run and none is wanted, the run has another config, its weights were imported,
            or another process trains in it.
    """
    where: dict[str, Any] = {"devices": devices, "num_nodes": num_nodes, "progress": progress}
    folder.given = wanted or folder.given
    if folder.is_imported:
        raise InputError(f"{folder.path} holds weights that were not trained here", fix="train another run")
    if not folder.last.exists():
        wanted = wanted or folder.load_config()
        folder.job.unlink(missing_ok=True)  # or the job that is put into the queue again would come back here
        return train(wanted, folder, overwrite=True, **where)
    with going_on(folder), _held(folder):
        return _go_on(folder, wanted, **where)


def _go_on(
    folder: RunFolder, wanted: Config | None, devices: int | str, num_nodes: int, progress: bool
) -> dict[str, Any]:
    config = folder.load_config()
    data = load_data(wanted or config, folder.split)
    if wanted is not None and wanted != config:
        wanted = with_decisions(resolve_default(wanted, data.parts["train"]), data.tasks)
    last = load_checkpoint(folder.last)
    done = int(last["epoch"]) + 1
    longer = gone_on_with(config, wanted or config, done)
    L.seed_everything(config.seed, verbose=False)
    module = build_module(longer, data, LabelGraph.load(folder.graph) if folder.graph.exists() else None)
    trainer = _trainer(longer, folder, devices, num_nodes, progress)
    if longer != config and is_first_process():
        folder.change_config(longer)
    if has_stopped(last):
        rank_zero_only(note)("training ended for want of improvement (training.patience): no epoch is added")
    else:
        _fit(longer, folder, module, trainer, data_module(longer, data, first_epoch=done), ckpt_path=folder.last)
    return finish(longer, folder, data) if is_first_process() else {}


def _held(folder: RunFolder) -> AbstractContextManager[None]:
    """Keep other trainings out of a folder; of several processes, the first does."""
    return folder.held() if is_first_process() else nullcontext()


def _checked(config: Config) -> tuple[Config, RunData, LabelGraph | None, MultiTaskModule]:
    """Return what a run is made of, and its config with what was decided on the data."""
    L.seed_everything(config.seed, verbose=False)
    check_alone(config)
    data = load_data(config)
    config = _resolved(config, data)
    graph = build_graph(config, data)
    module = build_module(config, data, graph)
    check_finish(config, data)
    return config, data, graph, module


def _begin(folder: RunFolder, config: Config, data: RunData, graph: LabelGraph | None, overwrite: bool) -> None:
    """Write what a run keeps from its beginning."""
    folder.create(config, overwrite=overwrite)
    data.keep_in(folder)
    note_job(folder)
    if graph is not None:
        graph.save(folder.graph, overwrite=True)


def _resolved(config: Config, data: RunData) -> Config:
    """Return a config with what was decided of the columns of its table, and of its head, which is said."""
    config = with_decisions(config, data.tasks)
    found = resolve_default(config, data.parts["train"])
    if found is not config:
        graph = f", of a graph by {found.graph.convention} with {found.graph.embeddings} embeddings"
        rank_zero_only(note)(f"default head: {found.model.head.title}{graph if found.model.head.has_graph else ''}")
    return found


def _fit(config: Config, folder: RunFolder, module: MultiTaskModule, trainer: L.Trainer, data: Any, **how: Any) -> None:
    """Train what is left; what a signal raises, and Lightning makes an exit of the process, becomes itself again."""
    set_for_speed(module, config)
    with clear_failures(folder.path):
        try:
            trainer.fit(module, data, **how)
        except SystemExit as end:
            if isinstance(end.__context__, KeyboardInterrupt):
                raise end.__context__ from None
            raise


def _trainer(config: Config, folder: RunFolder, devices: int | str, num_nodes: int, progress: bool) -> L.Trainer:
    try:
        return make_trainer(
            folder.path,
            batch_plan(config),
            selection(config),
            devices=devices,
            num_nodes=num_nodes,
            precision=config.training.precision,
            tensorboard=config.training.tensorboard,
            progress=progress,
        )
    except (MisconfigurationException, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"--devices {devices} --num-nodes {num_nodes}: {error}",
            fix="as many devices as there are here, and as the tasks that SLURM starts",
        ) from error
